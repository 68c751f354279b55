// Who did it, and when, on a server: each call that writes tells it in its own trip, whatever that is made of.
import { expect, it } from 'vitest';
import { wanted } from './support/runs.mjs';
import { execution, furnish, worktree } from './support/samples.mjs';
import { open } from './support/temporary.mjs';

const ANNA = { kind: 'user', id: 'anna' };
const YEAR_2040 = Date.UTC(2040, 0, 1);

/** Calls that are sent in different ways, and whatever they need before. */
const CALLS = {
  'one statement': (db) => db.createWorktree(worktree(9)),
  'a list': (db) => db.createWorktrees([worktree(8), worktree(9)]),
  'a list of executions': (db) => db.recordExecutions([execution(), execution()]),
  'what comes behind a list that was refused'(db) {
    expect(() => db.createWorktrees([worktree(8), worktree(8)])).toThrow();
    db.deleteWorktree('wt-1');
  },
  'what is read before': (db) => db.setMetadata('worktree', 'wt-1', { a: 1 }),
  'a move': (db) => db.moveWorktree('wt-1', 'zone-2', { reason: 'why' }),
  'several moves': (db) => db.moveWorktrees([{ worktreeId: 'wt-1', zoneId: 'zone-2' }]),
  'a move with runs': (db) => db.moveWorktree('wt-1', 'zone-2', { enqueue: true }),
  'a wanted run': (db) => db.enqueueRun(wanted()),
  'a run from its beginning to its end'(db) {
    const { run, token } = db.startRun(wanted(), { workerId: 'w' });
    db.recordUsage(run.id, { model: 'm', costMicros: 1 });
    db.finishRun(run.id, token, { status: 'succeeded' });
  },
  'limits and budgets'(db) {
    db.setRunLimit({}, 1);
    db.setBudget({ period: 'total' }, 1);
  },
  'a transaction'(db) {
    db.transaction(() => {
      db.createWorktrees([worktree(8), worktree(9)]);
      db.enqueueRun(wanted());
    });
  },
};

it.each(Object.keys(CALLS))('%s', (name) => {
  let now = Date.now();
  const db = furnish(open({ clock: () => now }));
  const { next } = db.getBoard();
  now = YEAR_2040;
  CALLS[name](db.as(ANNA));
  const { items, next: behind } = db.getChanges({ after: next });
  expect(items.length).toBeGreaterThan(0);
  for (const { by, at } of items) expect([by, at]).toEqual([ANNA, '2040-01-01T00:00:00.000Z']);
  db.updateZone('zone-2', { name: 'by nobody' });
  expect(db.getChanges({ after: behind }).items.map(({ by }) => by)).toEqual([null]);
});
