// Any calls of this package about runs, worktrees and zones, on a database whose time goes on when it is told to.
import fc from 'fast-check';
import { worktree, zone } from './samples.mjs';
import { open } from './temporary.mjs';

const NOW = Date.parse('2026-05-06T07:08:09.010Z');

/** What this package is called to do, each with a number that says to what. */
const CALLS = {
  enqueue: (db, n, place) => db.enqueueRun({ ...place, prompt: 'p', parentRunId: n % 3 ? undefined : db.parent }),
  enqueueLater: (db, n, place) => db.enqueueRun({ ...place, prompt: 'p', availableAt: new Date(db.now() + 1000 * n) }),
  record: (db, n, place) => db.recordExecution({ ...place, prompt: 'p', success: n % 2 === 0 }),
  recordMany: (db, n, place) =>
    db.recordExecutions(Array.from({ length: n }, () => ({ ...place, prompt: 'p', success: true }))),
  claim(db, n) {
    for (const claimed of db.claimRuns({ workerId: 'w', limit: (n % 3) + 1 })) db.held.push(claimed);
  },
  finish: (db, n) => withHeld(db, (id, token) => db.finishRun(id, token, { status: n % 4 ? 'succeeded' : 'failed' })),
  wait: (db) => withHeld(db, (id, token) => db.waitRun(id, token, { question: '?' })),
  release: (db) => withHeld(db, (id, token) => db.releaseRun(id, token)),
  answer: (db) => db.answerRun(db.listRuns({ status: 'waiting' }).items[0].id, { answer: '!' }),
  cancel: (db, n) => db.cancelRun(db.listRuns({ status: ['queued', 'waiting'] }).items[n % 4].id),
  use(db, n) {
    const { id } = db.listRuns().items[n];
    db.recordUsage(id, {
      model: n % 2 ? 'sonnet' : 'opus',
      inputTokens: n,
      outputTokens: 1,
      costMicros: 10 * n,
      costSource: 'reported',
    });
  },
  deleteWorktree: (db, n, { worktreeId }) => n === 0 && db.deleteWorktree(worktreeId),
  createWorktree: (db, n, { worktreeId }) => {
    const place = Number(worktreeId.slice(3));
    db.createWorktree(worktree(place, { branchName: n % 2 ? 'main' : 'b' }));
  },
  archive: (db, n, { worktreeId }) => n < 3 && db.archiveWorktree(worktreeId),
  restore: (db, n, { worktreeId }) => n < 4 && db.restoreWorktree(worktreeId, { port: 'auto' }),
  createZone: (db, n, { zoneId }) => db.createZone(zone(Number(zoneId.slice(5)))),
  deleteZone: (db, n, { zoneId }) => n === 0 && db.deleteZone(zoneId),
  pass: (db, n) => db.pass(700 * n),
};

function withHeld(db, call) {
  const { run, token } = db.held.pop();
  call(run.id, token);
}

export const anyCalls = fc.array(
  fc.record({
    call: fc.constantFrom(...Object.keys(CALLS), 'enqueue', 'claim', 'finish', 'use', 'use', 'archive'),
    n: fc.nat({ max: 8 }),
    place: fc.record({
      zoneId: fc.constantFrom('zone-1', 'zone-2', 'zone-3'),
      worktreeId: fc.constantFrom('wt-1', 'wt-2', 'wt-3', 'wt-4'),
      agentType: fc.constantFrom('qa', 'a'),
    }),
    undone: fc.integer({ min: 0, max: 9 }).map((n) => n === 0),
  }),
  { minLength: 20, maxLength: 60, size: 'max' },
);

/** Does what is called, as far as it can be done; some of it is undone again. */
export function act(db, calls, before = () => {}) {
  for (const { call, n, place, undone } of calls) {
    before(n);
    try {
      db.transaction(() => {
        CALLS[call](db, n, place);
        if (undone) throw new Error('undone');
      });
    } catch {
      // What can't be done, or is undone.
    }
  }
}

/** A database whose time goes on when it is told to, what it holds, and a run that has parts. */
export function acting(place, begin = NOW) {
  let now = begin;
  const db = open({ ...place, clock: () => now });
  db.createZone(zone(7));
  db.createWorktree(worktree(7));
  const parent = db.enqueueRun({ zoneId: 'zone-7', worktreeId: 'wt-7', agentType: 'p', prompt: '' }).id;
  return Object.assign(db, { now: () => now, pass: (ms) => (now += ms), held: [], parent });
}
