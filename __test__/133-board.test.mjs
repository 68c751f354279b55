// `getBoard`: what it has beside worktrees and zones, and with `runs: true` what their runs come to.
// Long because it is read as a specification: each rule of getBoard is a test.
import { describe, expect, it } from 'vitest';
import { allRanOut, board, claim, ended, pause, queued, ranOut, refusal, running, waiting } from './support/runs.mjs';
import { execution, worktree, zone } from './support/samples.mjs';
import { schema } from './support/schema.mjs';
import { sql } from './support/sql.mjs';
import { inFiles, open, place, temporaryFile } from './support/temporary.mjs';

const first = (db, options) => db.getBoard(options).worktrees.find(({ id }) => id === 'wt-1');
const runsOf = (db, worktreeId = 'wt-1') => {
  const { openRuns, latestRun, costMicros } = db.getBoard({ runs: true }).worktrees.find(({ id }) => id === worktreeId);
  return { openRuns, latestRun, costMicros };
};
const latest = (db, worktreeId) => runsOf(db, worktreeId).latestRun;
/** Another program records an execution. */
const theirs = (db, id, executedAt) =>
  sql(db).exec(`INSERT INTO zone_executions (id, zone_id, worktree_id, agent_type, prompt, success, executed_at)
    VALUES ('${id}', 'zone-1', 'wt-1', 'qa', 'x', 1, '${executedAt}')`);

describe('getBoard()', () => {
  it('has worktrees and zones as the lists have them, and what is beside each', () => {
    const db = board();
    db.setMetadata('worktree', 'wt-1', { a: [1] });
    db.setMetadata('zone', 'zone-2', { b: 'ü' });
    db.setWipLimit('zone-1', 2);
    const { worktrees, zones } = db.getBoard();
    const revision = expect.stringMatching(/^[\w-]{11}$/);
    const noRuns = { openRuns: null, latestRun: null, costMicros: null };
    expect(worktrees).toStrictEqual(
      db.listWorktrees().map((each) => ({
        ...each,
        revision,
        metadata: db.getMetadata('worktree', each.id),
        ...noRuns,
      })),
    );
    expect(zones).toStrictEqual(
      db.listZones().map((each) => ({
        ...each,
        revision,
        metadata: db.getMetadata('zone', each.id),
        wipLimit: each.id === 'zone-1' ? 2 : null,
      })),
    );
  });

  it('of a board of several batches has each row with its own', () => {
    const db = open();
    db.createWorktrees(Array.from({ length: 1500 }, (_, n) => worktree(n, { taskId: n % 3 ? null : `😀${n}` })));
    for (let n = 0; n < 1500; n += 7) db.setMetadata('worktree', `wt-${n}`, { n });
    const { worktrees } = db.getBoard();
    expect(worktrees).toHaveLength(1500);
    expect(new Set(worktrees.map(({ revision }) => revision)).size).toBe(1500);
    for (const { id, metadata } of worktrees) {
      const n = Number(id.slice(3));
      expect(metadata).toEqual(n % 7 ? {} : { n });
    }
    expect(db.getBoard({ runs: true }).worktrees.map(({ openRuns }) => openRuns)).toEqual(worktrees.map(() => 0));
  });

  it('gives objects of the caller’s own, again and again, and another one once metadata or a limit is another', () => {
    const at = place();
    const db = board(at);
    const other = open(at);
    db.setMetadata('worktree', 'wt-1', { a: { n: 1 } });
    for (let time = 0; time < 4; time += 1) {
      const { metadata } = first(db);
      expect(metadata).toEqual({ a: { n: 1 } });
      metadata.a.n = 2;
    }
    other.setMetadata('worktree', 'wt-1', { a: { n: 3 } });
    expect(first(db).metadata).toEqual({ a: { n: 3 } });
    other.setWipLimit('zone-1', 4);
    expect(db.getBoard().zones.find(({ id }) => id === 'zone-1').wipLimit).toBe(4);
  });

  it('tells a board with runs from one without', () => {
    const at = place();
    const db = board(at);
    queued(db);
    for (let time = 0; time < 4; time += 1) {
      expect(first(db).openRuns).toBeNull();
      expect(first(db, { runs: true }).openRuns).toBe(1);
      expect(first(db, { runs: false }).openRuns).toBeNull();
    }
  });

  it.each([
    [5, 'options'],
    [null, 'options'],
    [{ runs: 'yes' }, 'runs'],
    [{ runs: 1 }, 'runs'],
    [{ run: true }, 'run'],
  ])('refuses %o', (options, field) => {
    expect(refusal(() => board().getBoard(options))).toMatchObject({ name: 'TypeError', method: 'getBoard', field });
  });
});

describe('getBoard({ runs: true }): openRuns', () => {
  it('counts what is queued, delayed, at work and waiting, and nothing that has ended', async () => {
    const db = board();
    expect(runsOf(db)).toStrictEqual({ openRuns: 0, latestRun: null, costMicros: null });
    running(db);
    waiting(db);
    ended(db);
    queued(db, { zoneId: 'zone-2' });
    queued(db, { availableAt: new Date(Date.now() + 60_000) });
    await ranOut(db);
    queued(db, { worktreeId: 'wt-2' });
    expect([runsOf(db).openRuns, runsOf(db, 'wt-2').openRuns, runsOf(db, 'wt-3').openRuns]).toEqual([5, 1, 0]);
  });
});

describe('getBoard({ runs: true }): latestRun', () => {
  it('is the one that was made last, in the state that it is in now', () => {
    const db = board();
    const one = queued(db);
    expect(latest(db)).toStrictEqual({ id: one.id, status: 'queued' });
    const { run, token } = claim(db);
    expect(latest(db)).toStrictEqual({ id: one.id, status: 'running' });
    const two = queued(db);
    expect(latest(db)).toStrictEqual({ id: two.id, status: 'queued' });
    db.cancelRun(two.id);
    expect(latest(db)).toStrictEqual({ id: two.id, status: 'cancelled' });
    db.finishRun(run.id, token, { status: 'failed' });
    expect(latest(db)).toStrictEqual({ id: two.id, status: 'cancelled' });
    const asked = waiting(db);
    expect(latest(db)).toStrictEqual({ id: asked.id, status: 'waiting' });
    const done = ended(db);
    expect(latest(db)).toStrictEqual({ id: done.id, status: 'succeeded' });
    expect(latest(db, 'wt-2')).toBeNull();
  });

  it('is the same as the first of listRuns, whatever came in which order', async () => {
    const db = board();
    const acts = [
      (worktreeId) => queued(db, { worktreeId }),
      (worktreeId) => running(db, { worktreeId }),
      (worktreeId) => waiting(db, { worktreeId }),
      (worktreeId) => ended(db, { worktreeId }, { status: 'failed' }),
      (worktreeId) => db.recordExecution(execution({ worktreeId, success: true })),
      (worktreeId) => db.cancelRun(queued(db, { worktreeId }).id),
    ];
    await allRanOut(db, {}, { worktreeId: 'wt-2' });
    for (let n = 0; n < 120; n += 1) {
      acts[(n * 7 + (n % 5)) % acts.length](`wt-${(n % 3) + 1}`);
      // Of one millisecond either may be first.
      const until = Date.now() + 2;
      while (Date.now() < until);
      if (n % 4) continue;
      for (const worktreeId of ['wt-1', 'wt-2', 'wt-3']) {
        const [newest] = db.listRuns({ worktreeId, limit: 1 }).items;
        expect(latest(db, worktreeId)).toEqual(newest === undefined ? null : { id: newest.id, status: newest.status });
      }
    }
  });

  it('is the one that was made last, not the one that ended last', async () => {
    const db = board();
    const held = [];
    for (let n = 0; n < 3; n += 1) {
      held.push(running(db));
      await pause(3);
    }
    for (const { run, token } of held.toReversed()) {
      db.finishRun(run.id, token, { status: 'timedOut' });
      await pause(3);
    }
    expect(latest(db)).toStrictEqual({ id: held[2].run.id, status: 'timedOut' });
    const plain = db.recordExecution(execution({ success: true }));
    expect(latest(db)).toStrictEqual({ id: plain, status: 'succeeded' });
  });

  it('is of what was recorded only, too, by this package or others', () => {
    const db = board();
    const id = db.recordExecution(execution({ success: true }));
    expect(latest(db)).toStrictEqual({ id, status: 'succeeded' });
    sql(db).exec(`INSERT INTO zone_executions (id, zone_id, worktree_id, agent_type, prompt, success, executed_at)
      VALUES ('theirs', 'zone-1', 'wt-1', 'qa', 'x', 0, '2999-01-01T00:00:00.000Z')`);
    expect(latest(db)).toStrictEqual({ id: 'theirs', status: 'failed' });
  });

  it('is of what others recorded after a run that was cancelled, however they write times', () => {
    const db = board({ clock: () => Date.parse('2026-11-28T10:00:00.000Z') });
    db.cancelRun(queued(db).id);
    theirs(db, 'theirs', '2026-11-28 12:00:00');
    expect(latest(db)).toStrictEqual({ id: 'theirs', status: 'succeeded' });
  });

  it.each([
    ['earlier', '2026-11-28 09:59:59'],
    ['earlier, in a time zone ahead of UTC', '2026-11-28T18:59:59+09:00'],
    ['earlier, or never', 'long ago'],
  ])('is not of what others recorded %s', (_, executedAt) => {
    const db = board({ clock: () => Date.parse('2026-11-28T10:00:00.000Z') });
    const { id } = db.cancelRun(queued(db).id);
    theirs(db, 'theirs', executedAt);
    expect(latest(db)).toStrictEqual({ id, status: 'cancelled' });
  });

  it('is the same as the first of listRuns, whoever wrote which time how', () => {
    let now = Date.parse('2026-11-28T00:00:00.000Z');
    const db = board({ clock: () => now });
    const iso = (at) => new Date(at).toISOString();
    const zoned = (hours, sign) => (at) =>
      `${iso(at + (sign === '-' ? -hours : hours) * 3_600_000).slice(0, 19)}${sign}${String(hours).padStart(2, '0')}:00`;
    const written = [
      iso,
      (at) => iso(at).slice(0, 19).replace('T', ' '),
      (at) => `${iso(at).slice(0, 19)}Z`,
      (at) => `${iso(at).slice(0, 23)}456`,
      (at) => iso(at).slice(0, 10),
      zoned(5, '-'),
      zoned(12, '-'),
      zoned(14, '+'),
      () => 'long ago',
    ];
    // Not in their order: an odd multiplier has every one of so many hours once.
    for (let n = 0; n < 64; n += 1) {
      const at = Date.parse('2026-11-28T00:00:00.000Z') + ((n * 29) % 64) * 3_540_000;
      now = at + 1_800_000;
      if (n % 3 === 0) db.cancelRun(queued(db).id);
      theirs(db, `theirs-${n}`, written[(n * 7) % written.length](at));
      if (n % 5 === 0) db.recordExecution(execution());
      const [newest] = db.listRuns({ worktreeId: 'wt-1', limit: 1 }).items;
      expect(latest(db), `after ${n}`).toEqual({ id: newest.id, status: newest.status });
    }
  });

  it('is none whose execution is gone', () => {
    const db = board();
    ended(db);
    db.deleteZone('zone-1');
    expect(latest(db)).toBeNull();
  });
});

describe('getBoard({ runs: true }): costMicros', () => {
  it('adds up what was told of its runs, whatever became of them', () => {
    const db = board();
    const held = running(db);
    db.recordUsage(held.run.id, { model: 'a', inputTokens: 5 });
    expect(runsOf(db).costMicros).toBeNull();
    db.recordUsage(held.run.id, { model: 'a', costMicros: 0 });
    expect(runsOf(db).costMicros).toBe(0);
    db.recordUsage(held.run.id, { eventId: 'e', model: 'a', costMicros: 40 });
    db.recordUsage(held.run.id, { eventId: 'e', model: 'a', costMicros: 40 });
    db.finishRun(held.run.id, held.token, { status: 'failed' });
    db.recordUsage(held.run.id, { model: 'b', costMicros: 2 });
    const id = db.recordExecution(execution());
    db.recordUsage(id, { model: 'b', costMicros: 100 });
    db.recordUsage(ended(db, { worktreeId: 'wt-2' }).id, { model: 'b', costMicros: 7 });
    expect([runsOf(db).costMicros, runsOf(db, 'wt-2').costMicros, runsOf(db, 'wt-3').costMicros]).toEqual([
      142,
      7,
      null,
    ]);
    const all = db.listRuns({ worktreeId: 'wt-1' }).items.reduce((sum, { usage }) => sum + usage.costMicros, 0);
    expect(all).toBe(142);
  });

  it('goes with the worktree, and is not that of the next one with the id', () => {
    const db = board();
    const { id } = ended(db);
    db.recordUsage(id, { model: 'a', costMicros: 5 });
    const cancelled = queued(db);
    db.deleteWorktree('wt-1');
    db.recordUsage(cancelled.id, { model: 'a', costMicros: 5 });
    db.createWorktree(worktree(1));
    expect(runsOf(db).costMicros).toBeNull();
  });
});

it.runIf(inFiles).each([4, 2])('a file that is left at version %i has null for what it has no room for', (version) => {
  const dbPath = temporaryFile();
  const before = board({ dbPath });
  const revisions = before.getBoard().worktrees.map(({ revision }) => revision);
  before.close();
  schema.down(dbPath, version);
  const db = open({ dbPath });
  const { worktrees, zones } = db.getBoard({ runs: true });
  expect(worktrees.map(({ revision }) => revision)).toEqual(revisions);
  const unknown = { metadata: null, openRuns: null, latestRun: null, costMicros: null };
  for (const each of worktrees) expect(each).toMatchObject(unknown);
  for (const each of zones) expect(each).toMatchObject({ metadata: null, wipLimit: null });
  expect(db.getMetadata('zone', 'zone-1')).toEqual({});
  for (const call of [
    () => db.setMetadata('zone', 'zone-1', { a: 1 }),
    () => db.setWipLimit('zone-1', 1),
    () => db.updateZone('zone-1', { name: 'x' }, { ifRevision: zones[0].revision }),
  ])
    expect(refusal(call).code).toBe('ERR_SCHEMA_OLDER');
  if (version < 4) return;
  db.recordUsage(ended(db).id, { model: 'a', costMicros: 5 });
  db.close();
  schema.up(dbPath);
  expect(runsOf(open({ dbPath })).costMicros).toBe(5);
});

describe('a board that is asked for again', () => {
  /** A file, and whether its board was read from it: SQL of what reads worktrees is told. */
  function watched(options) {
    const dbPath = temporaryFile();
    const db = board({ dbPath });
    const held = running(db, {}, { leaseMs: 60_000 });
    const other = open({ dbPath });
    const look = () => db.getBoard(options);
    for (let time = 0; time < 3; time += 1) look();
    return { db, other, held, look };
  }

  const ofOne = (worktrees) => worktrees.find(({ id }) => id === 'wt-1');

  it.runIf(inFiles).each([undefined, { runs: true }])(
    '%o outlives output and heartbeats, and nothing that it shows',
    (options) => {
      const { db, other, held, look } = watched(options);
      const before = look();
      const { id } = held.run;
      other.appendOutput(id, held.token, [{ stream: 'stdout', text: 'x' }]);
      other.heartbeatRun(id, held.token, { leaseMs: 90_000 });
      // What somebody put past the log shows whether it was read again.
      sql(other).exec("INSERT INTO metadata VALUES (1, 'wt-1', '{\"past\":1}')");
      expect(look()).toStrictEqual(before);
      expect(look()).toStrictEqual(before);
      sql(other).exec('DELETE FROM metadata');
      for (const [change, shown] of [
        [() => other.setMetadata('worktree', 'wt-1', { a: 1 }), () => ofOne(look().worktrees).metadata.a],
        [() => other.updateWorktree('wt-1', { taskId: '7' }), () => ofOne(look().worktrees).taskId],
        [() => other.setWipLimit('zone-1', 9), () => look().zones.find((each) => each.id === 'zone-1').wipLimit],
        [() => other.assignWorktreeToZone('wt-1', 'zone-1'), () => look().assignments.length],
        [() => sql(other).exec("UPDATE zones SET name = 'x'"), () => look().zones.map(({ name }) => name)],
      ]) {
        const earlier = shown();
        change();
        expect(shown()).not.toEqual(earlier);
        expect(look()).toStrictEqual(db.transaction(() => db.getBoard(options)));
      }
    },
  );

  it.runIf(inFiles)('is another one once a trigger of the log is gone', () => {
    const { other, look } = watched();
    look();
    other.db.exec("DROP TRIGGER changes_worktree_update; UPDATE worktrees SET status = 'untold' WHERE id = 'wt-2'");
    expect(look().worktrees.find(({ id }) => id === 'wt-2').status).toBe('untold');
  });
});

describe('getBoard({ runs: true })', () => {
  it('is read again once a run is another, by whomever', () => {
    const at = place();
    const db = board(at);
    const other = open(at);
    const look = () => [runsOf(db), runsOf(db)].at(-1);
    look();
    const { id } = queued(other);
    expect(look()).toMatchObject({ openRuns: 1, latestRun: { id, status: 'queued' } });
    const held = claim(other);
    expect(look().latestRun.status).toBe('running');
    other.recordUsage(id, { model: 'm', costMicros: 3 });
    expect(look().costMicros).toBe(3);
    other.finishRun(id, held.token, { status: 'succeeded' });
    expect(look()).toStrictEqual({ openRuns: 0, latestRun: { id, status: 'succeeded' }, costMicros: 3 });
  });

  it('of an empty board, and of zones without worktrees', () => {
    const db = open();
    const nothing = { zones: [], worktrees: [], assignments: [] };
    expect(db.getBoard({ runs: true })).toStrictEqual({ ...nothing, next: expect.any(String) });
    db.createZone(zone(1));
    expect(db.getBoard({ runs: true }).zones).toHaveLength(1);
  });
});
