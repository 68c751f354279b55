import { answered } from '../../../board.js';

// Never from the build: the board is what it is now.
export const dynamic = 'force-dynamic';

/** The whole board, as `getBoard` has it, with how many runs of each worktree are open. */
export const GET = () => answered((db) => db.getBoard({ runs: true }));
