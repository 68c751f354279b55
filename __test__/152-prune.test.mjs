// prune: what is old goes, bodies first and rows then; what it came to stays.
// Long because one table of what is refused, or one board that was never pruned, is what all of it is held against.
import { statSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { visualDb } from './support/backups.mjs';
import { ended, everything, queued, refusal, running, waiting } from './support/runs.mjs';
import { execution, worktree, zone } from './support/samples.mjs';
import { inFiles, open, place } from './support/temporary.mjs';

vi.setConfig({ testTimeout: 120_000 });

const DAY = 86_400_000;
/** Time for all of it, however busy the machine is. */
const ALL = 60_000;
const START = Date.parse('2026-01-01T00:00:00.000Z');

/** A board with a clock that tests set: `at` is the day. */
function dated(config) {
  const clock = { at: 0 };
  const db = open({ ...place(), clock: () => Math.floor(START + clock.at * DAY), ...config });
  for (const n of [1, 2]) db.createZone(zone(n));
  for (const n of [1, 2, 3]) db.createWorktree(worktree(n));
  return { db, clock };
}

const record = (db, more) =>
  db.recordExecution({ ...execution(), prompt: 'a prompt', result: { of: 1 }, success: true, ...more });

/** What is to be the same whether or not anything was pruned. */
const totals = (db) => ({
  all: db.getExecutionStats(),
  zones: ['zone-1', 'zone-2'].map((zoneId) => db.getExecutionStats({ zoneId })),
  worktrees: ['wt-1', 'wt-2', 'wt-3'].map((worktreeId) => db.getExecutionStats({ worktreeId })),
  both: db.getExecutionStats({ zoneId: 'zone-1', worktreeId: 'wt-1' }),
  trends: [undefined, 'zone', 'agent', 'model', 'worktree', 'branch'].map((by) =>
    db.getTrend({ bucket: 'day', by, since: new Date(START - DAY), until: new Date(START + 400 * DAY) }),
  ),
  trendsOf: [
    { zoneId: 'zone-1' },
    { worktreeId: ['wt-1', 'wt-2'] },
    { branchName: 'feature/1' },
    { agentType: 'qa' },
  ].map((of) =>
    db.getTrend({ bucket: 'week', ...of, since: new Date(START - DAY), until: new Date(START + 400 * DAY) }),
  ),
  moves: db.getMoves({ limit: 1000 }).items.map(({ worktreeId, from, to }) => ({ worktreeId, from, to })),
});

describe('prune', () => {
  test('bodies go first: the run stays, says when they went, and still counts', () => {
    const { db, clock } = dated();
    const { run, token } = running(db);
    db.appendOutput(run.id, token, [{ stream: 'stdout', text: 'hello' }]);
    db.finishRun(run.id, token, { status: 'succeeded', result: { a: 1 }, exitCode: 0 });
    const recorded = record(db);
    clock.at = 40;
    const young = record(db);
    const before = totals(db);
    expect(db.prune({ bodies: '30d', budgetMs: ALL })).toEqual({
      runs: 0,
      bodies: 2,
      bytes: expect.any(Number),
      diskBytes: expect.any(Number),
      more: false,
    });
    for (const id of [run.id, recorded]) {
      expect(db.getRun(id)).toMatchObject({ prompt: '', result: null, bodiesPrunedAt: '2026-02-10T00:00:00.000Z' });
      expect(db.getExecution(id)).toMatchObject({ prompt: '', result: {} });
    }
    expect(db.getRun(run.id)).toMatchObject({ exitCode: 0, status: 'succeeded' });
    expect(db.getOutput(run.id)).toMatchObject({ truncated: true });
    expect(
      db
        .getOutput(run.id)
        .items.map(({ text }) => text)
        .join(''),
    ).toBe('');
    expect(db.getRun(young)).toMatchObject({ prompt: 'a prompt', bodiesPrunedAt: null });
    expect(totals(db)).toEqual(before);
    expect(db.prune({ bodies: '30d', budgetMs: ALL })).toMatchObject({ bodies: 0, bytes: 0 });
    const list = db.listRuns({ fields: 'full' }).items;
    expect(list.find(({ id }) => id === recorded)).toMatchObject({
      prompt: '',
      bodiesPrunedAt: '2026-02-10T00:00:00.000Z',
    });
  });

  test('output beside bodies is checked again in each round, too', () => {
    const { db, clock } = dated();
    const { run, token } = running(db, {}, { leaseMs: DAY });
    db.appendOutput(run.id, token, [{ stream: 'stdout', text: 'hello world' }]);
    const kept = { bodies: '30d', output: '1d', budgetMs: ALL };
    record(db);
    clock.at = 2;
    db.prune(kept);
    clock.at = 3;
    db.finishRun(run.id, token, { status: 'succeeded' });
    clock.at = 5;
    expect(db.prune(kept)).toMatchObject({ bytes: 11 });
  });

  test('output alone: the rest stays', () => {
    const { db, clock } = dated();
    const { run, token } = running(db, { prompt: 'kept' });
    db.appendOutput(run.id, token, [{ stream: 'stdout', text: 'x'.repeat(1000) }]);
    db.finishRun(run.id, token, { status: 'succeeded' });
    clock.at = 10;
    expect(db.prune({ output: '7d', budgetMs: ALL })).toMatchObject({ runs: 0, bodies: 0, bytes: 1000 });
    expect(db.getRun(run.id)).toMatchObject({ prompt: 'kept', bodiesPrunedAt: null });
    expect(db.getOutput(run.id).truncated).toBe(true);
  });

  test('rows then: the run is nowhere, and counts as before', () => {
    const { db, clock } = dated();
    const gone = [record(db), ended(db, { worktreeId: 'wt-2' }).id, ended(db, {}, { status: 'failed', error: 'x' }).id];
    db.recordUsage(gone[1], { model: 'm', inputTokens: 5, costMicros: 9, costSource: 'reported' });
    db.moveWorktree('wt-1', 'zone-1');
    clock.at = 400;
    const kept = record(db);
    const before = totals(db);
    const rows = db.getStats().executions;
    expect(db.prune({ runs: '1y', budgetMs: ALL })).toMatchObject({ runs: 3, more: false });
    expect(totals(db)).toEqual(before);
    expect(db.getStats().executions).toBe(rows - 3);
    expect(gone.map((id) => [db.getRun(id), db.getExecution(id)])).toEqual(gone.map(() => [null, null]));
    expect(db.listRuns().items.map(({ id }) => id)).toEqual([kept]);
    const { run_models: models, usage_events: events, runs } = everything(db);
    expect([models, events]).toEqual([[], []]);
    // The last one's key is not to be used twice: on a file it stays as a run that counts as gone.
    expect(runs.map(([, id]) => id)).toEqual(inFiles ? ['pruned-2'] : [kept]);
    if (inFiles) expect(visualDb('doctor', '--db', db.db.name).status).toBe(0);
  });

  test('open runs, what they belong to and what is pinned stay', () => {
    const { db, clock } = dated();
    const parent = ended(db);
    queued(db, { parentRunId: parent.id });
    const pinned = [ended(db).id, record(db)];
    for (const id of pinned) db.setMetadata('run', id, { pinned: true });
    const { run } = running(db);
    const asked = waiting(db);
    record(db);
    clock.at = 1000;
    expect(db.prune({ runs: '1d', bodies: '1d', budgetMs: ALL })).toMatchObject({ runs: 1, bodies: 0 });
    for (const id of [parent.id, ...pinned, run.id, asked.id]) expect(db.getRun(id)).not.toBeNull();
    expect(db.getRun(pinned[1]).prompt).toBe('a prompt');
    db.setMetadata('run', pinned[0], { pinned: null });
    expect(db.prune({ runs: '1d', budgetMs: ALL }).runs).toBe(1);
  });

  test('so many of each zone stay, the newest', () => {
    const { db, clock } = dated();
    const ids = [];
    for (clock.at = 0; clock.at < 10; clock.at += 1) {
      ids.push(record(db, { zoneId: clock.at % 2 ? 'zone-1' : 'zone-2' }));
    }
    const before = totals(db);
    expect(db.prune({ perZone: 2, budgetMs: ALL })).toMatchObject({ runs: 6 });
    expect(db.listRuns().items.map(({ id }) => id)).toEqual(ids.slice(-4).toReversed());
    expect(totals(db)).toEqual(before);
  });

  test('what is archived is pruned, too, and counts for its worktree, archived and restored', () => {
    const { db, clock } = dated();
    for (let n = 0; n < 5; n += 1) record(db);
    clock.at = 20;
    record(db);
    const before = totals(db);
    db.archiveWorktree('wt-1');
    expect(db.prune({ runs: '10d', budgetMs: ALL })).toMatchObject({ runs: 5 });
    expect(db.listArchived().items[0].executions).toBe(1);
    expect(db.getExecutionStats({ worktreeId: 'wt-1' }).total).toBe(6);
    db.restoreWorktree('wt-1');
    expect(totals(db)).toEqual(before);
    db.archiveWorktree('wt-1');
    db.createWorktree(worktree(1));
    expect(db.getExecutionStats({ worktreeId: 'wt-1' }).total).toBe(0);
    expect(db.getExecutionStats().total).toBe(6);
    if (inFiles) expect(visualDb('doctor', '--db', db.db.name).status).toBe(0);
  });

  test('what was pruned of two worktrees with one id counts for the one that comes back, also on one day', () => {
    const { db, clock } = dated();
    const prunedRun = (success) => {
      clock.at = 0;
      record(db, { success });
      clock.at = 100;
      expect(db.prune({ runs: '10d', budgetMs: ALL }).runs).toBe(1);
    };
    const trend = (more) =>
      db
        .getTrend({ bucket: 'day', since: new Date(START - DAY), until: new Date(START + DAY), ...more })
        .filter((row) => row.runs > 0)
        .map(({ key, runs, succeeded }) => [key, runs, succeeded]);
    const both = [['wt-1', 2, 1]];
    prunedRun(true);
    db.archiveWorktree('wt-1');
    db.createWorktree(worktree(1));
    prunedRun(false);
    db.deleteWorktree('wt-1');
    db.restoreWorktree('wt-1');
    for (let times = 0; times < 2; times += 1) {
      expect(trend({ by: 'worktree' })).toEqual(both);
      expect(trend({ by: 'worktree', worktreeId: 'wt-1' })).toEqual(both);
      expect(trend({ worktreeId: 'wt-1' })).toMatchObject([[expect.toSatisfy((key) => key == null), 2, 1]]);
      expect(trend({ by: 'branch' })).toEqual([['feature/1', 2, 1]]);
      db.archiveWorktree('wt-1');
      expect(trend({ by: 'worktree' })).toEqual(both);
      db.restoreWorktree('wt-1');
    }
    db.archiveWorktree('wt-1');
    db.createWorktree(worktree(1));
    expect(trend({ worktreeId: 'wt-1' })).toEqual([]);
  });

  test('deleting a worktree or a zone lowers the counts by what was pruned of it, too', () => {
    const { db, clock } = dated();
    for (const worktreeId of ['wt-1', 'wt-1', 'wt-2']) record(db, { worktreeId });
    record(db, { zoneId: 'zone-2', worktreeId: 'wt-2', success: false });
    clock.at = 5;
    expect(db.prune({ runs: '1d', budgetMs: ALL }).runs).toBe(4);
    db.deleteWorktree('wt-1');
    expect(db.getExecutionStats()).toMatchObject({ total: 2, successful: 1, failed: 1 });
    db.deleteZone('zone-2');
    expect(db.getExecutionStats()).toMatchObject({ total: 1, failed: 0 });
    if (inFiles) expect(visualDb('doctor', '--db', db.db.name).status).toBe(0);
  });

  test('makes no changes in the feed', () => {
    const { db, clock } = dated();
    for (let n = 0; n < 50; n += 1) record(db);
    clock.at = 9;
    const { next } = db.getBoard();
    db.prune({ bodies: '1d', budgetMs: ALL });
    db.prune({ runs: '1d', budgetMs: ALL });
    expect(db.getChanges({ after: next })).toMatchObject({ items: [], gap: false });
    // What comes then does.
    const id = record(db);
    expect(db.getChanges({ after: next }).items).toMatchObject([{ id }]);
  });

  test.runIf(inFiles)('gives the room back to the disk', () => {
    const { db, clock } = dated();
    db.transaction(() => {
      for (let n = 0; n < 2000; n += 1) record(db, { prompt: 'x'.repeat(3000) });
    });
    db.db.checkpoint?.();
    clock.at = 9;
    const done = db.prune({ bodies: '1d', budgetMs: ALL });
    expect(done).toMatchObject({ bodies: 2000, more: false });
    expect(done.diskBytes).toBeGreaterThan(5_000_000);
    db.db.pragma('wal_checkpoint(TRUNCATE)');
    expect(statSync(db.db.name).size).toBeLessThan(3_000_000);
  });

  test.runIf(inFiles)('to a size: bodies of the oldest first, then rows', () => {
    const { db, clock } = dated();
    db.transaction(() => {
      for (let n = 0; n < 1000; n += 1) {
        clock.at = n / 1000;
        record(db, { prompt: 'x'.repeat(3000) });
      }
    });
    clock.at = 3;
    expect(db.prune({ maxBytes: 3_000_000, budgetMs: ALL })).toMatchObject({ runs: 0, more: false });
    const left = db
      .listRuns({ fields: 'full', limit: 1000, orderBy: 'oldest' })
      .items.map(({ prompt }) => prompt !== '');
    expect(left.filter(Boolean).length).toBeGreaterThan(300);
    // The oldest ones, and only these, are without.
    expect(left).toEqual(left.toSorted((a, b) => a - b));
    expect(db.prune({ maxBytes: 500_000, budgetMs: ALL }).runs).toBeGreaterThan(0);
  });

  const MANY = inFiles ? 20_000 : 4000;

  test('stops when its time is over, says that there is more, and goes on', () => {
    const { db, clock } = dated();
    db.transaction(() => {
      for (let n = 0; n < MANY; n += 1) record(db);
    });
    db.listRuns();
    clock.at = 9;
    const before = totals(db);
    let runs = 0;
    let calls = 0;
    for (;;) {
      const from = performance.now();
      const done = db.prune({ runs: '1d', budgetMs: 15 });
      calls += 1;
      runs += done.runs;
      expect(performance.now() - from).toBeLessThan(1000);
      if (!done.more) break;
    }
    expect(runs).toBe(MANY);
    expect(calls).toBeGreaterThan(2);
    expect(totals(db)).toEqual(before);
  });

  test.runIf(inFiles)('the log is cut by whole folds, and what the ledger has to read is read before', () => {
    const { db, clock } = dated();
    const { next } = db.getBoard();
    db.moveWorktree('wt-1', 'zone-1');
    db.transaction(() => {
      for (let n = 0; n < 20_000; n += 1) db.updateWorktree('wt-1', { position: { x: n, y: 0 } });
    });
    clock.at = 30;
    db.updateWorktree('wt-1', { status: 'later' });
    // The log's times are the system's where they are later.
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 60 * DAY });
    const policy = { changes: 1 };
    const now = Date.now();
    clock.at = (now - START) / DAY;
    db.prune({ ...policy, budgetMs: 10_000 });
    vi.useRealTimers();
    expect(db.db.prepare('SELECT seq FROM changes ORDER BY seq LIMIT 1').pluck().get() % 8192).toBe(0);
    expect(db.db.prepare('SELECT count(*) FROM changes').pluck().get()).toBeLessThan(8300);
    expect(db.getChanges({ after: next }).gap).toBe(true);
    expect(db.getMoves().items).toHaveLength(1);
    expect(visualDb('doctor', '--db', db.db.name).status).toBe(0);
  });

  test('needs no transaction around it, a file that may be written, and known keys', () => {
    const { db } = dated();
    expect(refusal(() => db.transaction(() => db.prune({ runs: '1d' })))).toMatchObject({ name: 'TypeError' });
    expect(refusal(() => db.prune({ run: '1d' }))).toMatchObject({ code: 'ERR_UNKNOWN_KEY', field: 'run' });
    expect(refusal(() => db.prune({ runs: 'soon' }))).toMatchObject({ code: 'ERR_INVALID_ARG_VALUE', field: 'runs' });
    expect(refusal(() => db.prune({ runs: true }))).toMatchObject({ code: 'ERR_INVALID_ARG_TYPE', field: 'runs' });
    expect(refusal(() => db.prune({ runs: -1 }))).toMatchObject({ code: 'ERR_OUT_OF_RANGE', field: 'runs' });
    expect(refusal(() => db.prune({ perZone: 1.5 }))).toMatchObject({ code: 'ERR_OUT_OF_RANGE', field: 'perZone' });
    expect(refusal(() => db.prune({ budgetMs: 0 }))).toMatchObject({ code: 'ERR_OUT_OF_RANGE', field: 'budgetMs' });
    expect(db.prune()).toEqual({ runs: 0, bodies: 0, bytes: 0, diskBytes: 0, more: false });
  });
});

describe('a board that is pruned at any time', () => {
  const step = fc.oneof(
    fc.record({
      do: fc.constant('record'),
      zone: fc.nat(1),
      worktree: fc.nat(2),
      success: fc.boolean(),
      agent: fc.constantFrom('a', 'b'),
    }),
    fc.record({
      do: fc.constant('run'),
      zone: fc.nat(1),
      worktree: fc.nat(2),
      status: fc.constantFrom('succeeded', 'failed', 'cancelled'),
      days: fc.nat(9),
    }),
    fc.record({ do: fc.constant('queue'), worktree: fc.nat(2) }),
    fc.record({ do: fc.constant('move'), worktree: fc.nat(2), zone: fc.nat(2) }),
    fc.record({ do: fc.constant('archive'), worktree: fc.nat(2) }),
    fc.record({ do: fc.constant('back'), worktree: fc.nat(2) }),
    fc.record({ do: fc.constant('wait'), days: fc.nat(20) }),
    fc.record({
      do: fc.constant('prune'),
      policy: fc.record(
        { runs: fc.nat(20), bodies: fc.nat(10), output: fc.nat(5), perZone: fc.nat(8) },
        { requiredKeys: [] },
      ),
    }),
  );

  /** Does a step; what fails does so on both boards. */
  function take(board, of) {
    const { db, clock } = board;
    const [worktreeId, zoneId] = [`wt-${of.worktree + 1}`, `zone-${of.zone + 1}`];
    try {
      if (of.do === 'record') record(db, { worktreeId, zoneId, success: of.success, agentType: of.agent });
      if (of.do === 'run') {
        const { run, token } = running(db, { worktreeId, zoneId }, { leaseMs: 60_000 });
        clock.at += of.days / 10;
        db.recordUsage(run.id, {
          model: of.days % 2 ? 'm' : 'n',
          inputTokens: of.days,
          costMicros: 3,
          costSource: 'reported',
        });
        db.finishRun(run.id, token, { status: of.status });
      }
      if (of.do === 'queue') queued(db, { worktreeId });
      if (of.do === 'move') db.moveWorktree(worktreeId, of.zone === 2 ? null : zoneId);
      if (of.do === 'archive') db.archiveWorktree(worktreeId);
      if (of.do === 'back') db.restoreWorktree(worktreeId);
    } catch {}
    if (of.do === 'wait') clock.at += of.days;
  }

  test('says the same of totals, trends and moves as one that never was, to the digit', () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 10, maxLength: 60, size: 'max' }), (steps) => {
        const [pruned, whole] = [1, 2].map(() => dated(inFiles ? { dbPath: ':memory:' } : {}));
        for (const of of steps) {
          for (const board of [pruned, whole]) take(board, of);
          if (of.do !== 'prune') continue;
          const { perZone, ...times } = of.policy;
          const policy = Object.fromEntries(Object.entries(times).map(([key, days]) => [key, days * DAY]));
          const asked = { ...policy, ...(perZone === undefined ? {} : { perZone }), budgetMs: 10_000 };
          const dry = pruned.db.prune({ ...asked, dryRun: true });
          const open = pruned.db.listRuns({ status: ['queued', 'running', 'waiting'], limit: 1000 }).items.length;
          const done = pruned.db.prune(asked);
          expect(done.more).toBe(false);
          expect({ ...done, diskBytes: 0 }).toEqual(dry);
          expect(pruned.db.listRuns({ status: ['queued', 'running', 'waiting'], limit: 1000 }).items).toHaveLength(
            open,
          );
        }
        expect(totals(pruned.db)).toEqual(totals(whole.db));
        // Also where all of it is read again.
        if (inFiles) pruned.db.db.exec("DELETE FROM changes_readers WHERE name = 'history'");
        expect(totals(pruned.db)).toEqual(totals(whole.db));
        pruned.db.close();
        whole.db.close();
      }),
      { numRuns: inFiles ? 80 : 10, endOnFailure: true },
    );
  });
});
