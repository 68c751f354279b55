// A call is one trip to the server and back: over a millisecond of distance a trip is most of what a call takes.
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { CALLS, OTHERS } from './support/every_call.mjs';
import { temporarySchema } from './support/postgres/databases.mjs';
import { proxyTo } from './support/postgres/proxy.mjs';
import { thrown } from './support/failure.mjs';
import { wanted } from './support/runs.mjs';
import { furnish, worktree } from './support/samples.mjs';
import { open } from './support/temporary.mjs';
import { VisualDatabase } from './support/visual_database.mjs';

vi.setConfig({ testTimeout: 60_000 });

const methodOf = (name) => name.split(' ')[0];

let at;
let proxy;
let db;

beforeEach(() => {
  at = temporarySchema();
  proxy = proxyTo(at.url);
  db = furnish(open({ ...at, url: proxy.url }));
});

/** How many trips a call took, told by what was sent in each. */
function tripsOf(call) {
  proxy.counted();
  call();
  return proxy.counted().turns;
}

it('every method is here', () => {
  const methods = Object.getOwnPropertyNames(VisualDatabase.prototype);
  const known = new Set([...Object.keys(CALLS).map(methodOf), ...Object.keys(OTHERS)]);
  expect(methods.filter((name) => !known.has(name))).toEqual([]);
});

/** Calls that take more trips than one yet: docs/postgres.md says so. */
const LONGER = {
  enqueueRuns: 5,
  moveWorktrees: 4,
  'enqueueRun by a move': 4,
  undo: 7,
  redo: 7,
  claimRuns: 2,
  retryRun: 2,
  searchRuns: 2,
};

const CALLED = Object.entries(CALLS);

describe.each(CALLED.filter(([name]) => Object.hasOwn(LONGER, name)))('%s', (name, [call, prepare]) => {
  it('is two trips, and no more', () => {
    const given = prepare?.(db);
    expect(tripsOf(() => call(db, 0, given))).toHaveLength(LONGER[name]);
  });
});

describe.each(CALLED.filter(([name]) => !Object.hasOwn(LONGER, name)))('%s', (_, [call, prepare]) => {
  it('is one trip, the first time as well as again', () => {
    const given = prepare?.(db);
    expect(tripsOf(() => call(db, 0, given))).toHaveLength(1);
    expect(tripsOf(() => call(db, 1, given))).toHaveLength(1);
  });
});

describe('what is not as usual is decided in two trips more', () => {
  it.each([
    [
      'a run that failed and has attempts left',
      (held) => db.finishRun(held.run.id, held.token, { status: 'failed', error: 'E' }),
      ({ status, error }) => expect([status, error]).toEqual(['queued', 'E']),
    ],
    [
      'a lease that would become shorter',
      (held) => db.heartbeatRun(held.run.id, held.token, { leaseMs: 1 }),
      ({ leaseExpiresAt }, { run }) => expect(leaseExpiresAt).toBe(run.leaseExpiresAt),
    ],
    [
      'a claim that nobody has',
      (held) => thrown(() => db.finishRun(held.run.id, held.token + 1, { status: 'succeeded' })),
      ({ code }) => expect(code).toBe('ERR_LEASE_LOST'),
    ],
  ])('%s', (_, call, look) => {
    const held = db.startRun(wanted({ maxAttempts: 2 }), { workerId: 'w' });
    let answer;
    expect(tripsOf(() => (answer = call(held)))).toHaveLength(3);
    look(answer, held);
  });

  it('a run that is finished once more', () => {
    const { run, token } = db.startRun(wanted(), { workerId: 'w' });
    const first = db.finishRun(run.id, token, { status: 'succeeded' });
    let again;
    expect(tripsOf(() => (again = db.finishRun(run.id, token, { status: 'failed' })))).toHaveLength(3);
    expect(again).toEqual(first);
  });

  it('a claim where there are limits, and the next one in two', () => {
    db.setRunLimit({ zoneId: 'zone-1' }, 5);
    for (const _ of [1, 2, 3]) db.enqueueRun(wanted());
    const trips = [3, 2, 1].map(() => tripsOf(() => expect(db.claimRun({ workerId: 'w' })).not.toBeNull()).length);
    expect(trips).toEqual([3, 2, 2]);
    db.setRunLimit({ zoneId: 'zone-1' }, null);
    const free = [1, 2].map(() => tripsOf(() => db.claimRun({ workerId: 'w' })).length);
    expect(free).toEqual([2, 1]);
  });
});

it('metadata that somebody else has changed meanwhile are changed in two trips, and keep what he has set', () => {
  const other = open({ ...at, url: proxy.url });
  const set = (board, patch) => tripsOf(() => board.setMetadata('zone', 'zone-1', patch)).length;
  expect(set(db, { a: 1 })).toBe(1);
  expect(set(other, { b: 2 })).toBe(2);
  expect(set(db, { c: 3 })).toBe(2);
  expect(set(db, { c: 3 })).toBe(1);
  expect(set(db, { d: 4 })).toBe(1);
  expect(db.getMetadata('zone', 'zone-1')).toEqual({ a: 1, b: 2, c: 3, d: 4 });
});

describe('a transaction', () => {
  it('is a trip for its beginning, one for its end, and one for each call in it, failed ones included', () => {
    const turns = tripsOf(() =>
      db.transaction(() => {
        db.createWorktree(worktree(20));
        expect(() => db.createWorktree(worktree(20))).toThrow(/UNIQUE/);
        db.updateWorktree('wt-20', { status: 'x' });
        db.getWorktree('wt-20');
      }),
    );
    // Fewer where the server was so quick to say no that the next was sent before it had said that it is ready.
    expect(turns.length).toBeLessThanOrEqual(6);
  });

  it('a list in it is one trip, of any length', () => {
    const list = Array.from({ length: 250 }, (_, n) => worktree(100 + n));
    expect(tripsOf(() => db.transaction(() => db.createWorktrees(list)))).toHaveLength(3);
    expect(
      tripsOf(() =>
        db.assignWorktreesToZone(
          list.map(({ id }) => id),
          'zone-1',
        ),
      ),
    ).toHaveLength(1);
  });

  it('within another one has none of its own', () => {
    const turns = tripsOf(() =>
      db.transaction(() => {
        db.transaction(() => db.createWorktree(worktree(20)));
        db.transaction(() => db.createWorktree(worktree(21)));
      }),
    );
    expect(turns).toHaveLength(4);
  });
});

describe('what fails', () => {
  it.each([
    ['a constraint', (board) => board.createWorktree(worktree(1))],
    ['a reference', (board) => board.assignWorktreeToZone('wt-1', 'nowhere')],
    ['what isn’t there', (board) => board.deleteWorktree('nobody')],
  ])('%s is one trip, and one more at most to tell why', (_, call) => {
    expect(tripsOf(() => expect(() => call(db)).toThrow()).length).toBeLessThanOrEqual(2);
  });
});

it('a list of any length is one trip', () => {
  db.createWorktrees(Array.from({ length: 2000 }, (_, n) => worktree(100 + n)));
  let listed;
  expect(tripsOf(() => (listed = db.listWorktrees()))).toHaveLength(1);
  expect(listed).toHaveLength(2003);
});

it('a page of the runs of a branch is one trip', () => {
  const [{ branchName }] = db.findWorktrees({ branchName: 'feature/1' }).items;
  let page;
  expect(tripsOf(() => (page = db.listRuns({ branchName })))).toHaveLength(1);
  expect(page.items).toHaveLength(1);
});

it('opening a board that is there is two trips at most, beside those of the connection', () => {
  proxy.counted();
  expect(db.getStats().worktrees).toBe(3);
  const { url } = proxy;
  const { schema } = temporarySchema();
  open({ url, schema }).close();
  proxy.counted();
  open({ url, schema });
  const { turns, connections } = proxy.counted();
  expect(connections).toBe(1);
  expect(turns.length).toBeLessThanOrEqual(2);
});

it('over a distance a call takes as long as one trip', () => {
  proxy.delay(100);
  const start = performance.now();
  db.assignWorktreeToZone('wt-1', 'zone-2');
  db.listWorktrees();
  const took = performance.now() - start;
  expect(took).toBeGreaterThan(199);
  expect(took).toBeLessThan(299);
});
