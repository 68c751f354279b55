'use strict';

const addon = require('../native/addon.js');
const { list } = require('../native/objects.js');
const { cell } = require('../native/rows.js');
const { counted, describe, instant, oneOf, options } = require('./arguments.js');
const { outOfRange } = require('./errors.js');
const knownKeys = require('./known_keys.js');
const { offsetsOf, timeZoneOf } = require('./periods.js');
const { asked } = require('./run_filter.js');
const { stateOf } = require('./state.js');

/** Buckets and keys, in the addon's order. */
const BUCKETS = ['hour', 'day', 'week', 'month', 'hourOfWeek'];
const BY = ['zone', 'agent', 'model', 'worktree', 'branch'];

const DAY = 86_400_000;
/** The longest time that can be asked for: 400 years, after which the calendar repeats. */
const MOST = 146_097 * DAY;
/** Without `since`, no bucket begins earlier than this before the end. */
const USUAL = 400 * DAY;

/** The buckets of `getFlow`, its default first. */
const FLOW_BUCKETS = ['day', 'hour', 'week', 'month'];

/** How many numbers the addon gives for each bucket. */
const WIDTH = 12;

const answer = { width: 1, make: (at) => JSON.parse(cell(at)) };

/** The time that is asked for, and how far the time zone's clocks are ahead of UTC in it, as text. */
function timeOf(method, now, { since, until, timeZone }) {
  const zone = timeZoneOf(method, timeZone);
  const from = instant(method, 'since', since) ?? null;
  const to = instant(method, 'until', until) ?? null;
  const last = to ?? now;
  if (from !== null && last - from > MOST) {
    throw outOfRange(
      method,
      'since',
      since,
      `${method}: since must be at most 400 years before until, got ${describe(since)}`,
    );
  }
  const offsets = offsetsOf(zone, (from ?? last - USUAL) - 2 * DAY, Math.max(last, from ?? last) + 40 * DAY);
  return { from, to, offsets: offsets.map((of) => of.join(':')).join(' ') };
}

const iso = (time) => new Date(time).toISOString();

/** A row for each bucket of a series; `values` has only buckets that are not empty. */
function rowsOf(starts, { key, values }, rows) {
  let at = 0;
  for (let bucket = 0; bucket < starts.length; bucket += 1) {
    const start = starts[bucket];
    if (values[at] === bucket) {
      const runs = values[at + 1];
      const succeeded = values[at + 2];
      rows.push({
        start,
        key,
        runs,
        succeeded,
        failed: values[at + 3],
        successRate: (succeeded / runs) * 100,
        durationMs: {
          mean: values[at + 4],
          p50: values[at + 5],
          p90: values[at + 6],
          p99: values[at + 7],
          max: values[at + 8],
        },
        inputTokens: values[at + 9],
        outputTokens: values[at + 10],
        costMicros: values[at + 11],
      });
      at += WIDTH;
    } else {
      rows.push({
        start,
        key,
        runs: 0,
        succeeded: 0,
        failed: 0,
        successRate: null,
        durationMs: { mean: null, p50: null, p90: null, p99: null, max: null },
        inputTokens: null,
        outputTokens: null,
        costMicros: null,
      });
    }
  }
}

const percentiles = ([p50, p85, p95]) => ({ p50, p85, p95 });

/** The methods of VisualDatabase that tell how runs went, and how worktrees flow. */
const methods = {
  getTrend(filter) {
    const { connection, clock } = stateOf(this, 'getTrend');
    const given = options('getTrend', 'filter', filter, knownKeys.trendFilter);
    const bucket = BUCKETS.indexOf(oneOf('getTrend', 'bucket', given.bucket, BUCKETS));
    const isOfAll = given.by === undefined || given.by === null;
    const by = isOfAll ? 0 : BY.indexOf(oneOf('getTrend', 'by', given.by, BY)) + 1;
    const { lists, values } = asked('getTrend', given);
    const now = clock();
    const { offsets } = timeOf('getTrend', now, given);
    addon.foldHistory(connection);
    const text = addon.getTrend(connection, now, bucket, by, offsets, ...values, ...counted(...lists));
    const [{ starts, series }] = list(answer, text, connection);
    const shown = BUCKETS[bucket] === 'hourOfWeek' ? starts : starts.map(iso);
    const rows = [];
    for (const one of series) rowsOf(shown, one, rows);
    return rows;
  },

  getFlow(filter) {
    const { connection, clock } = stateOf(this, 'getFlow');
    const given = options('getFlow', 'filter', filter, knownKeys.flowFilter);
    const bucket = BUCKETS.indexOf(oneOf('getFlow', 'bucket', given.bucket, FLOW_BUCKETS));
    const now = clock();
    const { offsets, from, to } = timeOf('getFlow', now, given);
    addon.foldMoves(connection);
    const [told] = list(answer, addon.getFlow(connection, now, bucket, offsets, from, to), connection);
    const byZone = (values) => Object.fromEntries(told.zones.map((id, nth) => [id, values[nth]]));
    return {
      buckets: told.starts.map((start, nth) => ({
        start: iso(start),
        zones: byZone(told.counts[nth]),
        arrived: told.arrived[nth],
        left: told.left[nth],
      })),
      leadTimeMs: percentiles(told.lead),
      timeInZoneMs: byZone(told.stays.map(percentiles)),
    };
  },
};

module.exports = { methods };
