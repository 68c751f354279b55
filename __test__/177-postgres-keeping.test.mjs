// Keeping a board on a server small: what is of a server alone. The rest is suites 152 to 155, on both engines.
import { randomBytes } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { temporarySchema } from './support/postgres/databases.mjs';
import { proxyTo } from './support/postgres/proxy.mjs';
import { ended, wanted } from './support/runs.mjs';
import { execution, worktree, zone } from './support/samples.mjs';
import { sql } from './support/sql.mjs';
import { open, place } from './support/temporary.mjs';
import { AsyncVisualDatabase } from './support/visual_database.mjs';

vi.setConfig({ testTimeout: 120_000 });

const DAY = 86_400_000;
const START = Date.parse('2026-01-01T00:00:00.000Z');

/** A board with a clock that tests set: `at` is the day. */
function dated(where = place()) {
  const clock = { at: 0 };
  const db = open({ ...where, clock: () => Math.floor(START + clock.at * DAY), retention: false });
  db.createZone(zone(1));
  db.createWorktree(worktree(1));
  return { db, clock };
}

/** Text that no compression makes shorter. */
const dense = (bytes) => randomBytes(bytes / 2).toString('hex');

test('to a size: bodies of the oldest first, then runs, by what is used; what they took is free in the tables', () => {
  const { db, clock } = dated();
  for (let n = 0; n < 10; n += 1) {
    clock.at = n / 10;
    db.recordExecutions(Array.from({ length: 50 }, () => ({ ...execution(), prompt: dense(4000) })));
  }
  clock.at = 3;
  const asked = { maxBytes: 1_500_000, budgetMs: 60_000 };
  const dry = db.prune({ ...asked, dryRun: true });
  const done = db.prune(asked);
  expect(done).toMatchObject({ runs: 0, diskBytes: 0, more: false });
  expect(Math.abs(dry.bodies - done.bodies)).toBeLessThanOrEqual(64);
  const left = db.listRuns({ fields: 'full', limit: 1000, orderBy: 'oldest' }).items.map(({ prompt }) => prompt !== '');
  expect(left.filter(Boolean).length).toBeGreaterThan(100);
  expect(left).toEqual(left.toSorted((a, b) => a - b));
  // Nothing is too much now, however large the tables still are.
  expect(db.prune(asked)).toMatchObject({ runs: 0, bodies: 0 });
  expect(db.prune({ maxBytes: 200_000, budgetMs: 60_000 }).runs).toBeGreaterThan(0);
});

test('what runs come to is kept by days, with those that were pruned before, and goes into an export', () => {
  const { db, clock } = dated();
  for (clock.at = 0; clock.at < 3; clock.at += 0.5) {
    const { id } = ended(db);
    db.recordUsage(id, { model: 'm', inputTokens: 5, costMicros: 9, costSource: 'reported' });
    db.recordExecution(execution());
  }
  clock.at = 2;
  db.prune({ runs: '1d' });
  const kept = () =>
    sql(db).prepare('SELECT dimension, day, key FROM rollups_kept ORDER BY dimension, day, key').raw().all();
  const first = kept();
  clock.at = 9;
  db.prune({ runs: '1d' });
  const day = START / DAY;
  expect(first.map(([dimension, on]) => [dimension, on - day])).toEqual(
    [0, 1, 2, 3, 4].map((dimension) => [dimension, 0]),
  );
  expect(kept()).toHaveLength(15);
  expect(db.getExecutionStats().total).toBe(12);
  expect(db.getStats().executions).toBe(0);
  expect(db.listRuns().items).toEqual([]);
});

test('several at once prune each run once, and count it once', () => {
  const where = place();
  const { db, clock } = dated(where);
  db.recordExecutions(Array.from({ length: 300 }, () => execution()));
  clock.at = 9;
  const others = [1, 2].map(() => open({ ...where, retention: false, clock: () => START + 9 * DAY }));
  let runs = 0;
  for (let done; done?.some(({ more }) => more) ?? true;) {
    done = [db, ...others].map((of) => of.prune({ runs: '1d', budgetMs: 1 }));
    for (const of of done) runs += of.runs;
  }
  expect(runs).toBe(300);
  expect(db.getExecutionStats().total).toBe(300);
});

test('the log is kept for as long as the policy says', () => {
  const { db, clock } = dated();
  clock.at = 1;
  db.prune({ changes: '2d' });
  expect(sql(db).prepare('SELECT keep_ms FROM changes_state').pluck().get()).toBe(2 * DAY);
});

test('a worktree comes back whose id and days with pruned runs another one had, any number of times', () => {
  const { db, clock } = dated();
  const prunedRun = (success) => {
    clock.at = 0;
    db.recordExecution({ ...execution(), success });
    clock.at = 100;
    expect(db.prune({ runs: '10d', budgetMs: 60_000 }).runs).toBe(1);
  };
  const runs = () =>
    db.getTrend({ bucket: 'day', since: new Date(START - DAY), until: new Date(START + DAY) }).map((row) => row.runs);
  prunedRun(true);
  db.archiveWorktree('wt-1');
  db.createWorktree(worktree(1));
  prunedRun(false);
  db.archiveWorktree('wt-1');
  const all = runs();
  for (let time = 0; time < 3; time += 1) {
    db.restoreWorktree('wt-1');
    db.archiveWorktree('wt-1');
  }
  db.restoreWorktree('wt-1');
  db.deleteWorktree('wt-1');
  db.restoreWorktree('wt-1');
  db.archiveWorktree('wt-1');
  db.restoreWorktree('wt-1');
  expect(db.getWorktree('wt-1').id).toBe('wt-1');
  expect(runs()).toEqual(all);
});

describe('a run that is pinned or needed while a step of prune is under way stays as it is', () => {
  const PAST = { budgetMs: 60_000 };
  const POLICIES = [{ runs: '1d' }, { perZone: 0 }, { bodies: '1d' }, { output: '1d' }, { maxBytes: 1 }];
  const asynchronous = async (where) => {
    const db = await AsyncVisualDatabase.open({ ...where, retention: false });
    onTestFinished(() => db.close());
    return db;
  };

  /** A run that has ended long ago, with output, and how it is told in full. */
  function furnished() {
    const where = place();
    const { db, clock } = dated(where);
    const { run, token } = db.startRun(wanted(), { workerId: 'worker-1' });
    db.appendOutput(run.id, token, [{ stream: 'stdout', text: 'hello' }]);
    db.finishRun(run.id, token, { status: 'succeeded', result: { a: 1 } });
    clock.at = 9;
    const all = () => [db.getRun(run.id), db.getOutput(run.id)];
    return { where, db, id: run.id, all };
  }

  /** That so many wait for a lock, or that a call has an answer already. */
  const untilWaiting = async (db, count, call) => {
    let isOver = false;
    void Promise.resolve(call).finally(() => (isOver = true));
    const waiting = () => sql(db).prepare('SELECT count(*)::int FROM pg_locks WHERE NOT granted').pluck().get();
    while (!isOver && waiting() < count) await setTimeout(5);
  };

  test.each(POLICIES)('pinned by another program: %o', async (policy) => {
    const { where, db, id, all } = furnished();
    const pruner = await asynchronous(where);
    sql(db).exec('BEGIN');
    sql(db).prepare(`UPDATE runs SET metadata = '{"pinned":true}' WHERE id = ?`).run(id);
    const pruning = pruner.prune({ ...policy, ...PAST });
    await untilWaiting(db, 1, pruning);
    sql(db).exec('COMMIT');
    await pruning;
    expect(all()).toMatchObject([{ prompt: wanted().prompt, result: { a: 1 } }, { items: [{ text: 'hello' }] }]);
  });

  test.each(POLICIES)('needed, since a run is wanted that belongs to it: %o', async (policy) => {
    const { where, db, id, all } = furnished();
    const [pruner, caller] = [await asynchronous(where), await asynchronous(where)];
    // Whoever wants a run has written it, and waits before it commits.
    sql(db)
      .exec(`CREATE FUNCTION wait() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_advisory_xact_lock(1); RETURN NULL; END $$;
      CREATE TRIGGER wait AFTER INSERT ON runs FOR EACH ROW EXECUTE FUNCTION wait(); SELECT pg_advisory_lock(1)`);
    const wanting = caller.enqueueRun(wanted({ parentRunId: id }));
    await untilWaiting(db, 1, wanting);
    const pruning = pruner.prune({ ...policy, ...PAST });
    await untilWaiting(db, 2, pruning);
    sql(db).exec('SELECT pg_advisory_unlock(1)');
    await Promise.all([wanting, pruning]);
    expect(all()).toMatchObject([{ prompt: wanted().prompt, result: { a: 1 } }, { items: [{ text: 'hello' }] }]);
  });
});

test('a step grows on a distant server, too: the way there and back is not what it takes', () => {
  const at = temporarySchema();
  const proxy = proxyTo(at.url);
  proxy.delay(20);
  const { db, clock } = dated({ ...at, url: proxy.url });
  db.recordExecutions(Array.from({ length: 2000 }, () => execution()));
  // None of them has output, so that a step is next to nothing but two trips. Each round is two days after the last one.
  const rounds = [9, 11, 13].map((day) => {
    clock.at = day;
    proxy.counted();
    expect(db.prune({ output: '1d', budgetMs: 60_000 })).toMatchObject({ runs: 0, bodies: 0, more: false });
    return proxy.counted().turns.length;
  });
  // Steps that never grow are of 32 runs, and 126 trips. How much they grow is the machine's: a busy one makes them smaller.
  expect(Math.min(...rounds)).toBeLessThan(110);
});
