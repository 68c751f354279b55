// AsyncVisualDatabase has what VisualDatabase has, with promises.

import { AsyncVisualDatabase, VisualDatabase } from '../../index.mjs';
import type { Execution, Run, RunSummary, Page, Watch, Worktree } from '../../index.mjs';
import { exactly, type Same } from './exact.mjs';

interface Mine {
  Status: 'active' | 'done';
  Result: { files: string[] };
}

const db = await AsyncVisualDatabase.open<Mine>({ dbPath: ':memory:' });

// Every method of the one is a method of the other, but for the raw handle.
type Missing = Exclude<keyof VisualDatabase, keyof AsyncVisualDatabase | 'db' | typeof Symbol.dispose>;
exactly<Same<Missing, never>>();
type More = Exclude<keyof AsyncVisualDatabase, keyof VisualDatabase>;
exactly<Same<More, never>>();

const worktree: Worktree | null = await db.getWorktree('a', { signal: AbortSignal.timeout(5) });
const run = await db.getRun<{ files: string[]; passed: true }>('r');
exactly<Same<typeof run, Run<{ files: string[]; passed: true }> | null>>();
const execution = await db.getExecution('r');
exactly<Same<typeof execution, Execution<{ files: string[] }> | null>>();
const page: Page<RunSummary> = await db.listRuns({ limit: 5 });
const watch: Watch<Mine> = db.watch();
const answer = await db.transaction(async (tx) => {
  await tx.updateWorktree('a', { status: 'done' });
  return 5;
});
exactly<Same<typeof answer, number>>();
await db.as({ kind: 'user', id: 'anna' }).moveWorktree('a', null);

// @ts-expect-error It is opened by `open`.
export const none = new AsyncVisualDatabase();
// @ts-expect-error There is no raw handle.
void db.db;
// @ts-expect-error Not a status of mine.
await db.updateWorktree('a', { status: 'gone' });

export { page, watch, worktree };
