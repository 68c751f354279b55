// `getTrend`: how runs went, by buckets of a time zone's clocks, equal to the naive query over all runs.
import { copyFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, it, vi } from 'vitest';
import { act, acting, anyCalls } from './support/acting_runs.mjs';
import { anyHistory } from './support/histories.mjs';
import { describeWriters } from './support/history_writers.mjs';
import { ONE_OF } from './support/listed_runs.mjs';
import { worktree, zone } from './support/samples.mjs';
import { open, temporaryFile } from './support/temporary.mjs';
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

const { since: _since, until: _until, ...FILTERS } = ONE_OF;
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
  it.each(Object.keys(writers))(
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
            const db = acting(dbPath, Date.parse(change.at) - 10 * HOUR);
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
            // Built anew by somebody else, who may only read, and then by us.
            db.db.exec("DELETE FROM changes_readers WHERE name = 'history'");
            expectTrends(open({ dbPath, readonly: true }), trends.slice(0, 4));
            expectTrends(db, trends);
          },
        ),
        { numRuns: 3, endOnFailure: true, seed: Number(process.env.SEED) || undefined, path: process.env.FCPATH },
      );
      expect(counted).toBeGreaterThan(100);
    },
  );
});
