// `getTrend`: how runs went, by buckets of a time zone's clocks, equal to the naive query over all runs.
// Long because it is read as a specification: each rule of trends is a test.
import { copyFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { act, acting, anyCalls } from './support/acting_runs.mjs';
import { anyHistory } from './support/histories.mjs';
import { describeWriters } from './support/history_writers.mjs';
import { ONE_OF } from './support/listed_runs.mjs';
import { board, refusal } from './support/runs.mjs';
import { execution, worktree, zone } from './support/samples.mjs';
import { schema } from './support/schema.mjs';
import { sql } from './support/sql.mjs';
import { inFiles, open, place, temporaryFile } from './support/temporary.mjs';
import { expectTrends } from './support/trends.mjs';

vi.setConfig({ testTimeout: 180_000, hookTimeout: 60_000 });

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** When clocks are changed, forward and back. */
const CHANGES = {
  'Europe/Berlin': ['2026-03-29T01:00:00Z', '2026-10-25T01:00:00Z'],
  'America/New_York': ['2026-03-08T07:00:00Z', '2026-11-01T06:00:00Z'],
  'Australia/Lord_Howe': ['2026-10-03T15:30:00Z', '2026-04-04T15:00:00Z'],
  'Asia/Kathmandu': ['2026-05-05T18:15:00Z', '2026-12-31T18:15:00Z'],
};

const anyChange = fc
  .constantFrom(...Object.keys(CHANGES))
  .chain((timeZone) => fc.record({ timeZone: fc.constant(timeZone), at: fc.constantFrom(...CHANGES[timeZone]) }));

const {
  since: _since,
  until: _until,
  finishedSince: _finishedSince,
  finishedUntil: _finishedUntil,
  ...FILTERS
} = ONE_OF;
const anyFilter = fc.constantFrom(...Object.keys(FILTERS)).chain((key) => fc.record({ [key]: FILTERS[key] }));

/** From when to when, in minutes around a change; sometimes a millisecond off. */
const anyRange = fc
  .tuple(fc.integer({ min: -40, max: 120 }), fc.integer({ min: 1, max: 200 }), fc.constantFrom(0, 0, 1, 7 * MINUTE + 3))
  .map(([from, length, off]) => ({ from: from * 15 * MINUTE + off, to: (from + length) * 15 * MINUTE + off }));

const anyTrends = fc.array(
  fc.record({
    bucket: fc.constantFrom('hour', 'day', 'day', 'week', 'month', 'hourOfWeek'),
    by: fc.constantFrom('none', 'zone', 'agent', 'model', 'worktree', 'branch'),
    filter: fc.oneof(
      fc.constant({}),
      anyFilter,
      anyFilter,
      fc.tuple(anyFilter, anyFilter).map(([one, other]) => ({ ...one, ...other })),
    ),
    range: fc.oneof(fc.constant({ from: -3 * DAY, to: 5 * DAY }), anyRange),
    inUtc: fc.integer({ min: 0, max: 4 }).map((n) => n === 0),
  }),
  { minLength: 14, maxLength: 24, size: 'max' },
);

/** These trends around a change of a time zone's clocks. */
function around({ timeZone, at }, trends, parent) {
  const time = (behind) => new Date(Date.parse(at) + behind);
  return trends.map(({ bucket, by, filter, range, inUtc }) => {
    const of = { bucket, timeZone: inUtc ? undefined : timeZone, since: time(range.from), until: time(range.to) };
    if (by !== 'none') of.by = by;
    if (filter.parentRunId === 'parent') return { ...of, ...filter, parentRunId: parent };
    return { ...of, ...filter };
  });
}

/** A history whose executions have times around a change; of some of them nobody can read it. */
function timed(history, at) {
  let nth = 0;
  const time = () => {
    nth += 1;
    const text = new Date(Date.parse(at) - 10 * HOUR + nth * 47 * MINUTE).toISOString();
    return nth % 9 === 0 ? "'t'" : `'${nth % 4 ? text : text.slice(0, 19).replace('T', ' ')}'`;
  };
  return history.map((sql) => (sql.includes('zone_executions') ? sql.replaceAll(/'[tus]'/g, time) : sql));
}

describeWriters('with %o', (writers) => {
  it.runIf(inFiles).each(Object.keys(writers))(
    'every trend is what all runs say, where clocks are changed, after any history by %s and by us',
    async (writer) => {
      const empty = temporaryFile();
      open({ dbPath: empty }).close();
      let counted = 0;
      await fc.assert(
        fc.asyncProperty(
          anyChange,
          anyHistory,
          anyCalls,
          anyHistory,
          anyTrends,
          async (change, first, calls, second, some) => {
            const dbPath = temporaryFile();
            copyFileSync(empty, dbPath);
            const reading = open({ dbPath, readonly: true });
            const db = acting({ dbPath }, Date.parse(change.at) - 10 * HOUR);
            const trends = around(change, some, db.parent);
            const pass = (n) => db.pass(n * 7 * MINUTE);
            await writers[writer](dbPath, timed(first, change.at));
            expectTrends(reading, trends.slice(0, 4));
            act(db, calls, pass);
            expectTrends(reading, trends);
            expectTrends(db, trends);
            await writers[writer](dbPath, timed(second, change.at));
            expectTrends(reading, trends.slice(0, 4));
            // So much that it is folded.
            if (!db.getWorktree('wt-7')) db.createWorktree(worktree(7));
            if (!db.getZone('zone-7')) db.createZone(zone(7));
            const place = { zoneId: 'zone-7', worktreeId: 'wt-7', agentType: 'p', prompt: '' };
            db.recordExecutions(Array.from({ length: 120 }, () => place));
            counted += expectTrends(db, trends);
            expectTrends(reading, trends.slice(0, 4));
            act(db, calls, pass);
            expectTrends(db, trends);
            // Rebuilt by somebody else, who may only read, and then by us.
            db.db.exec("DELETE FROM changes_readers WHERE name = 'history'");
            expectTrends(open({ dbPath, readonly: true }), trends.slice(0, 4));
            expectTrends(db, trends);
          },
        ),
        { numRuns: 3 },
      );
      expect(counted).toBeGreaterThan(100);
    },
  );
});

/** What others record, at times around a change: of some of them nobody can read it. */
const anyRecords = fc.array(
  fc.record({
    n: fc.nat({ max: 60 }),
    success: fc.constantFrom('0', '1', 'NULL', '2'),
    worktree: fc.constantFrom('wt-1', 'wt-2', 'wt-7'),
    zone: fc.constantFrom('zone-1', 'zone-7'),
    form: fc.constantFrom('T', ' ', 'none'),
  }),
  { minLength: 5, maxLength: 30 },
);

function record(db, at, records, prefix) {
  for (const [nth, { n, success, worktree: of, zone: where, form }] of records.entries()) {
    const time = new Date(Date.parse(at) - 10 * HOUR + n * 47 * MINUTE + n).toISOString();
    const text = { T: time, ' ': time.slice(0, 19).replace('T', ' '), none: 'once' }[form];
    try {
      sql(db).exec(`INSERT INTO zone_executions (id, zone_id, worktree_id, agent_type, prompt, success, executed_at)
        VALUES ('${prefix}-${nth}', '${where}', '${of}', 'a', 'p', ${success}, '${text}')`);
    } catch {
      // The worktree is gone, or its zone.
    }
  }
}

it('every trend is what all runs say, where clocks are changed, after any calls and what others recorded', () => {
  let counted = 0;
  fc.assert(
    fc.property(
      anyChange,
      anyCalls,
      anyRecords,
      anyCalls,
      anyTrends,
      fc.nat({ max: 4 }),
      (change, first, records, second, some, changed) => {
        const at = place();
        const db = acting(at, Date.parse(change.at) - 10 * HOUR);
        for (const n of [1, 2, 3]) {
          db.createZone(zone(n));
          db.createWorktree(worktree(n));
        }
        const reading = open({ ...at, readonly: true });
        const trends = around(change, some, db.parent);
        const pass = (n) => db.pass(n * 7 * MINUTE);
        act(db, first, pass);
        record(db, change.at, records, 'r');
        counted += expectTrends(db, trends);
        act(db, second, pass);
        const [ended] = db.listRuns({ status: 'succeeded', limit: 1 }).items;
        // What has ended is another one by somebody’s hand: its time, its zone, or it is gone.
        if (ended && changed < 3) {
          const id = ended.id.replaceAll("'", '');
          const how = [
            `UPDATE zone_executions SET executed_at = '${change.at}', success = 0 WHERE id = '${id}'`,
            `UPDATE zone_executions SET zone_id = 'zone-7', agent_type = 'qa' WHERE id = '${id}'`,
            `DELETE FROM zone_executions WHERE id = '${id}'`,
          ];
          sql(db).exec(how[changed]);
        }
        expectTrends(reading, trends);
        counted += expectTrends(db, trends);
      },
    ),
    { numRuns: 12 },
  );
  expect(counted).toBeGreaterThan(100);
});

/** A board whose time is what it is told. */
function timedBoard(begin, options = {}) {
  let now = Date.parse(begin);
  const db = board({ clock: () => now, ...options });
  return Object.assign(db, { pass: (ms) => (now += ms), at: (time) => (now = Date.parse(time)) });
}

/** A run that took so long, and used so much. */
function took(db, ms, usages = []) {
  const { run, token } = db.startRun(
    { zoneId: 'zone-1', worktreeId: 'wt-1', agentType: 'qa', prompt: 'p' },
    { workerId: 'w', leaseMs: 60_000 },
  );
  db.pass(ms);
  for (const usage of usages) db.recordUsage(run.id, { costSource: 'reported', ...usage });
  return db.finishRun(run.id, token, { status: 'succeeded' });
}

const NOTHING = { mean: null, p50: null, p90: null, p99: null, max: null };

describe('getTrend(filter?)', () => {
  it('has a row for each bucket, also for those that nothing ended in', () => {
    const db = timedBoard('2026-05-01T10:00:00Z');
    db.recordExecution(execution({ success: true }));
    const [first, second, ...rest] = db.getTrend({ bucket: 'day', since: '2026-05-01', until: '2026-05-03' });
    expect(first).toEqual({
      start: '2026-05-01T00:00:00.000Z',
      key: null,
      runs: 1,
      succeeded: 1,
      failed: 0,
      successRate: 100,
      durationMs: NOTHING,
      inputTokens: null,
      outputTokens: null,
      costMicros: null,
    });
    expect(second).toEqual({
      start: '2026-05-02T00:00:00.000Z',
      key: null,
      runs: 0,
      succeeded: 0,
      failed: 0,
      successRate: null,
      durationMs: NOTHING,
      inputTokens: null,
      outputTokens: null,
      costMicros: null,
    });
    expect(rest).toEqual([]);
  });

  it('is of the last hours, days, weeks and months where nobody says since when, now among them', () => {
    const db = timedBoard('2026-05-06T07:08:09Z');
    const starts = (filter) => db.getTrend(filter).map(({ start }) => start);
    expect(starts()).toHaveLength(24);
    expect(starts().at(-1)).toBe('2026-05-06T07:00:00.000Z');
    expect(starts({ bucket: 'day' })).toHaveLength(30);
    expect(starts({ bucket: 'day', timeZone: 'Asia/Kathmandu' }).at(-1)).toBe('2026-05-05T18:15:00.000Z');
    expect(starts({ bucket: 'week' })).toHaveLength(12);
    expect(starts({ bucket: 'week' }).at(-1)).toBe('2026-05-04T00:00:00.000Z');
    expect(starts({ bucket: 'month' })[0]).toBe('2025-06-01T00:00:00.000Z');
    expect(starts({ bucket: 'hourOfWeek' })).toEqual(Array.from({ length: 168 }, (_, hour) => hour));
    expect(starts({ since: '2026-05-07', until: '2026-05-06' })).toEqual([]);
  });

  it('has days of 23 and 25 hours, and half an hour of its own', () => {
    const db = timedBoard('2026-05-06T07:08:09Z');
    const hours = (timeZone, since, until) => db.getTrend({ timeZone, since, until }).length;
    expect(hours('Europe/Berlin', '2026-03-29T00:00:00+01:00', '2026-03-30T00:00:00+02:00')).toBe(23);
    expect(hours('Europe/Berlin', '2026-10-25T00:00:00+02:00', '2026-10-26T00:00:00+01:00')).toBe(25);
    expect(hours('America/New_York', '2026-03-08T00:00:00-05:00', '2026-03-09T00:00:00-04:00')).toBe(23);
    expect(hours('America/New_York', '2026-11-01T00:00:00-04:00', '2026-11-02T00:00:00-05:00')).toBe(25);
    // Half an hour less, in which one hour is half of one; half an hour more.
    expect(hours('Australia/Lord_Howe', '2026-10-04T00:00:00+10:30', '2026-10-05T00:00:00+11:00')).toBe(24);
    expect(hours('Australia/Lord_Howe', '2026-04-05T00:00:00+11:00', '2026-04-06T00:00:00+10:30')).toBe(25);
    const days = db.getTrend({ bucket: 'day', timeZone: 'Europe/Berlin', since: '2026-03-28', until: '2026-03-31' });
    expect(days.map(({ start }) => start)).toEqual([
      '2026-03-27T23:00:00.000Z',
      '2026-03-28T23:00:00.000Z',
      '2026-03-29T22:00:00.000Z',
      '2026-03-30T22:00:00.000Z',
    ]);
  });

  it('knows durations to five percent, the longest and the mean to the digit', () => {
    const db = timedBoard('2026-05-06T00:00:00Z');
    const lengths = Array.from({ length: 120 }, (_, n) => Math.round(1.08 ** n));
    for (const ms of lengths) took(db, ms);
    const [{ durationMs }] = db.getTrend({ bucket: 'day', since: '2026-05-06', until: '2026-05-07' });
    const mean = lengths.reduce((one, other) => one + other) / 120;
    expect(durationMs).toMatchObject({ mean, max: lengths.at(-1) });
    for (const [share, at] of [
      ['p50', 59],
      ['p90', 107],
      ['p99', 118],
    ])
      // prettier-ignore
      expect(Math.abs(durationMs[share] / lengths[at] - 1)).toBeLessThan(0.05);
  });

  it('counts a run of several models in each, with what was used of that; one of none in none', () => {
    const db = timedBoard('2026-05-06T00:00:00Z');
    took(db, 5, [
      { model: 'a', inputTokens: 10, costMicros: 3 },
      { model: 'b', inputTokens: 1 },
    ]);
    db.recordExecution(execution());
    const range = { bucket: 'day', since: '2026-05-06', until: '2026-05-07' };
    const told = ({ key, runs, inputTokens, costMicros }) => [key, runs, inputTokens, costMicros];
    expect(db.getTrend({ ...range, by: 'model' }).map(told)).toEqual([
      ['a', 1, 10, 3],
      ['b', 1, 1, null],
    ]);
    expect(db.getTrend({ ...range, model: 'b' }).map(told)).toEqual([[null, 1, 1, null]]);
    expect(db.getTrend({ ...range, model: 'b', agentType: 'qa' }).map(told)).toEqual([[null, 1, 1, null]]);
    expect(db.getTrend(range).map(told)).toEqual([[null, 2, 11, 3]]);
  });

  it('has a series for each that has runs, and for each that the filter names', () => {
    const db = timedBoard('2026-05-06T00:00:00Z');
    db.recordExecution(execution({ agentType: 'x' }));
    const range = { bucket: 'day', since: '2026-05-06', until: '2026-05-07' };
    const keys = (filter) => db.getTrend({ ...range, ...filter }).map(({ key, runs }) => [key, runs]);
    expect(keys({ by: 'agent' })).toEqual([['x', 1]]);
    expect(keys({ by: 'agent', agentType: ['y', 'x', 'y'] })).toEqual([
      ['x', 1],
      ['y', 0],
    ]);
    expect(keys({ by: 'agent', zoneId: 'nowhere' })).toEqual([]);
  });

  it('keeps the histories of an id apart that was used again, and of one that is on no board', () => {
    const db = timedBoard('2026-05-06T00:00:00Z');
    const range = { bucket: 'day', since: '2026-05-06', until: '2026-05-07' };
    const keys = (filter) => db.getTrend({ ...range, ...filter }).map(({ key, runs }) => [key, runs]);
    for (let n = 0; n < 3; n += 1) db.recordExecution(execution({ worktreeId: 'wt-1' }));
    db.archiveWorktree('wt-1');
    expect(keys({ by: 'worktree' })).toEqual([['wt-1', 3]]);
    expect(keys({ worktreeId: 'wt-1' })).toEqual([[null, 3]]);
    db.createWorktree(worktree(1, { branchName: 'again' }));
    db.recordExecution(execution({ worktreeId: 'wt-1' }));
    expect(keys({ by: 'worktree' })).toEqual([
      ['wt-1', 3],
      ['wt-1', 1],
    ]);
    expect(keys({ worktreeId: 'wt-1' })).toEqual([[null, 1]]);
    expect(keys({ by: 'branch' })).toEqual([
      ['again', 1],
      ['feature/1', 3],
    ]);
  });

  it('has what others recorded when they say that it was, and not what nobody can read the time of', () => {
    const db = timedBoard('2026-05-06T00:00:00Z');
    const insert = sql(db).prepare(
      `INSERT INTO zone_executions (id, zone_id, worktree_id, agent_type, prompt, success, executed_at) VALUES (?, 'zone-1', 'wt-1', 'a', 'p', 1, ?)`,
    );
    insert.run('one', '2020-02-29 23:59:59');
    insert.run('two', 'once upon a time');
    const runs = (since, until) => db.getTrend({ bucket: 'month', since, until }).map((row) => row.runs);
    expect(runs('2020-01-01', '2020-04-01')).toEqual([0, 1, 0]);
    expect(runs('1700-01-01', '2090-01-01').reduce((one, other) => one + other)).toBe(1);
    expect(db.getExecutionStats().total).toBe(2);
  });

  it.each([
    [{ bucket: 'quarter' }, 'TypeError', 'bucket'],
    [{ by: 'status' }, 'TypeError', 'by'],
    [{ timeZone: 'Nowhere' }, 'TypeError', 'timeZone'],
    [{ since: '1000-01-01' }, 'RangeError', 'since'],
    [{ since: '1800-01-01' }, 'RangeError', 'since'],
    [{ limit: 5 }, 'TypeError', 'limit'],
    [{ groupBy: 'zone' }, 'TypeError', 'groupBy'],
  ])('of %o there is none', (filter, name, field) => {
    expect(refusal(() => board().getTrend(filter))).toMatchObject({ name, method: 'getTrend', field });
  });

  it('is refused where nobody could look at all of it', () => {
    const db = timedBoard('2026-05-06T00:00:00Z');
    for (const agentType of ['a', 'b', 'c', 'd']) db.recordExecution(execution({ agentType }));
    const filter = { by: 'agent', since: '2008-01-01', until: '2026-05-07' };
    expect(refusal(() => db.getTrend(filter))).toMatchObject({
      name: 'RangeError',
      method: 'getTrend',
      field: 'bucket',
    });
    expect(db.getTrend({ ...filter, bucket: 'day' })).toHaveLength(4 * 6701);
  });
});

describe('rollups', () => {
  /** So many that they are folded. */
  function folded() {
    const dbPath = temporaryFile();
    const db = timedBoard('2026-05-06T00:00:00Z', { dbPath });
    for (let n = 0; n < 150; n += 1) db.recordExecution(execution({ agentType: `a${n % 3}` }));
    db.listRuns();
    expect(sql(db).prepare('SELECT count(*) FROM rollups').pluck().get()).toBe(6);
    const runs = () =>
      db.getTrend({ bucket: 'day', since: '2026-05-06', until: '2026-05-07', by: 'agent' }).map((row) => row.runs);
    return { db, dbPath, runs };
  }

  it.runIf(inFiles)('that somebody else has damaged are rebuilt', () => {
    const { db, runs } = folded();
    for (const damage of [
      "UPDATE rollups SET quarters = x'05', whole = x'05'",
      "UPDATE rollups SET quarters = x'', whole = x''",
      'DELETE FROM changes_readers',
    ]) {
      sql(db).exec(damage);
      expect(runs(), damage).toEqual([50, 50, 50]);
    }
  });

  it.runIf(inFiles)('are verified with the schema', () => {
    const { db, dbPath } = folded();
    expect(schema.verify(dbPath)).toEqual([]);
    db.db.exec('DELETE FROM rollups WHERE dimension = 2');
    expect(schema.verify(dbPath)).toEqual([expect.stringMatching(/^rollups have other runs than the history/)]);
  });
});
