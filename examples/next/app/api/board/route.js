import { answered } from '../../../board.js';

// Rendered at each request, not at the build.
export const dynamic = 'force-dynamic';

/** The whole board, as `getBoard` has it, with how many runs of each worktree are open. */
export const GET = () => answered((db) => db.getBoard({ runs: true }));
