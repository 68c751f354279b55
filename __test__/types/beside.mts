// What is beside the board: what the calls take, and their results to the letter.
import type {
  BesideWorktree,
  BesideZone,
  Metadata,
  RenderedPrompt,
  RunStatus,
  Worktree,
  Zone,
} from '@ai-orchestra/visual-db';
import { VisualDatabase } from '@ai-orchestra/visual-db';
import { exactly, type Same } from './exact.mjs';

const db = new VisualDatabase();

exactly<Same<RenderedPrompt, { prompt: string; missing: string[] }>>();
exactly<Same<ReturnType<typeof db.renderPrompt>, RenderedPrompt>>();
db.renderPrompt('z', 'w');
db.renderPrompt('z', 'w', { github: { title: 'x', labels: ['a'] } });
db.renderPrompt('z', 'w', null);
// @ts-expect-error Variables are an object.
db.renderPrompt('z', 'w', 'x');

exactly<Same<ReturnType<typeof db.setMetadata>, Metadata>>();
exactly<Same<ReturnType<typeof db.getMetadata>, Metadata>>();
db.setMetadata('worktree', 'w', { a: null });
db.setMetadata('run', 'r', null);
void db.getMetadata('zone', 'z').anything;
// @ts-expect-error A patch is an object or null.
db.setMetadata('zone', 'z', 'x');
// @ts-expect-error Executions are runs.
db.getMetadata('execution', 'e');

exactly<Same<ReturnType<typeof db.setWipLimit>, void>>();
db.setWipLimit('z', 3);
db.setWipLimit('z', null);
// @ts-expect-error A limit is a number or null.
db.setWipLimit('z', undefined);

exactly<Same<ReturnType<typeof db.allocatePort>, number>>();
db.allocatePort();
db.allocatePort({ from: 1, to: 2, isFree: (port) => port > 1 });
// @ts-expect-error isFree answers at once.
db.allocatePort({ isFree: async () => true });
db.createWorktree({ id: 'w', path: '/w', port: 'auto', branchName: 'b' });

exactly<
  Same<
    BesideWorktree,
    {
      revision: string;
      metadata: Metadata | null;
      openRuns: number | null;
      latestRun: { id: string; status: RunStatus } | null;
      costMicros: number | null;
    }
  >
>();
exactly<Same<BesideZone, { revision: string; metadata: Metadata | null; wipLimit: number | null }>>();
const board = db.getBoard({ runs: true });
const [shown] = board.worktrees;
if (shown !== undefined) db.updateWorktree(shown.id, { status: 'x' }, { ifRevision: shown.revision });
const worktrees: Worktree[] = db.getBoard().worktrees;
const zones: Zone[] = board.zones;
void [worktrees, zones];
db.updateZone('z', { name: 'x' }, { ifRevision: null });
// @ts-expect-error A revision is text.
db.updateZone('z', { name: 'x' }, { ifRevision: 7 });
// @ts-expect-error There is no such key.
db.getBoard({ run: true });
