// `getFlow`: the cumulative flow of worktrees through zones, equal to a naive model of all moves.
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { allMoves } from './support/all_moves.mjs';
import { refusal } from './support/runs.mjs';
import { worktree, zone } from './support/samples.mjs';
import { sql } from './support/sql.mjs';
import { inFiles, open, place } from './support/temporary.mjs';
import { bucketsOf } from './support/trends.mjs';

vi.setConfig({ testTimeout: 120_000 });

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Behind now: the log is never before what the system's clock says. */
const CHANGES = {
  'Europe/Berlin': ['2040-03-25T01:00:00Z', '2040-10-28T01:00:00Z'],
  'America/New_York': ['2040-03-11T07:00:00Z', '2040-11-04T06:00:00Z'],
  'Australia/Lord_Howe': ['2040-10-06T15:30:00Z', '2040-03-31T15:00:00Z'],
  'Asia/Kathmandu': ['2040-05-05T18:15:00Z'],
};
const anyChange = fc
  .constantFrom(...Object.keys(CHANGES))
  .chain((timeZone) => fc.record({ timeZone: fc.constant(timeZone), at: fc.constantFrom(...CHANGES[timeZone]) }));

/** A database whose time goes on when it is told to. */
function moving(begin) {
  let now = begin;
  const at = place();
  const db = open({ ...at, clock: () => now });
  return Object.assign(db, { place: at, pass: (ms) => (now += ms), now: () => now });
}

const CALLS = {
  createWorktree: (db, n) => db.createWorktree(worktree(n)),
  createZone: (db, n) => db.createZone(zone((n % 3) + 1)),
  move: (db, n, to) => db.moveWorktree(`wt-${n}`, `zone-${(to % 3) + 1}`),
  out: (db, n) => db.moveWorktree(`wt-${n}`, null),
  assign: (db, n, to) => db.assignWorktreeToZone(`wt-${n}`, `zone-${(to % 3) + 1}`),
  deleteWorktree: (db, n) => db.deleteWorktree(`wt-${n}`),
  deleteZone: (db, n) => n === 0 && db.deleteZone(`zone-${(n % 3) + 1}`),
  archive: (db, n) => db.archiveWorktree(`wt-${n}`),
  restore: (db, n) => db.restoreWorktree(`wt-${n}`),
  replaced: (db, n, to) =>
    sql(db).exec(
      `INSERT ${inFiles ? 'OR REPLACE ' : ''}INTO worktree_zones (worktree_id, zone_id, assigned_at) VALUES ('wt-${n}', 'zone-${to}', 't')
       ${inFiles ? '' : 'ON CONFLICT (worktree_id) DO UPDATE SET zone_id = excluded.zone_id'}`,
    ),
  fold: (db) => db.getMoves(),
};
const anyCalls = fc.array(
  fc.record({
    call: fc.constantFrom(...Object.keys(CALLS), 'createWorktree', 'createZone', 'move', 'move', 'move'),
    n: fc.nat({ max: 4 }),
    to: fc.nat({ max: 3 }),
    minutes: fc.constantFrom(0, 1, 15, 47, 200, 700),
  }),
  { minLength: 40, maxLength: 220, size: 'max' },
);

function act(db, calls) {
  for (const { call, n, to, minutes } of calls) {
    db.pass(minutes * MINUTE);
    try {
      CALLS[call](db, n, to);
    } catch {
      // What can't be done.
    }
  }
}

const everyMove = (db) => allMoves(db).map((move) => ({ ...move, time: Date.parse(move.at) }));

const percentiles = (lengths) => {
  const sorted = lengths.toSorted((one, other) => one - other);
  const of = (share) => sorted[Math.max(Math.ceil((share * sorted.length) / 100), 1) - 1] ?? null;
  return { p50: of(50), p85: of(85), p95: of(95) };
};

/** The flow by the naive model: the board after each move. */
function naive(db, { bucket = 'day', timeZone = 'UTC', since, until }) {
  const [from, to] = [since, until].map((time) => new Date(time).getTime());
  const starts = [...bucketsOf(bucket, timeZone, from, to).values()];
  const moves = everyMove(db);
  const where = new Map();
  const entered = new Map();
  const arrived = new Map();
  const [lead, stays] = [[], {}];
  let nth = 0;
  const zones = new Set(db.listZones().map(({ id }) => id));
  const buckets = starts.map((start, index) => {
    const begin = Math.max(Date.parse(start), from);
    const end = index + 1 < starts.length ? Date.parse(starts[index + 1]) : to;
    const found = { start, zones: {}, arrived: 0, left: 0 };
    for (; nth < moves.length && moves[nth].time < end; nth += 1) {
      const { worktreeId: id, from: left, to: into, time } = moves[nth];
      if (time >= begin) {
        if (left === null) found.arrived += 1;
        if (into === null) found.left += 1;
        if (left !== null) (stays[left] ??= []).push(time - entered.get(id));
        if (into === null) lead.push(time - arrived.get(id));
      }
      if (left === null) arrived.set(id, time);
      entered.set(id, time);
      where.set(id, into);
    }
    for (const id of where.values()) if (id !== null) found.zones[id] = (found.zones[id] ?? 0) + 1;
    return found;
  });
  for (const of of buckets) Object.keys(of.zones).forEach((id) => zones.add(id));
  Object.keys(stays).forEach((id) => zones.add(id));
  const each = (valueOf) => Object.fromEntries([...zones].map((id) => [id, valueOf(id)]));
  return {
    buckets: buckets.map((of) => ({ ...of, zones: each((id) => of.zones[id] ?? 0) })),
    leadTimeMs: percentiles(lead),
    timeInZoneMs: each((id) => percentiles(stays[id] ?? [])),
  };
}

describe('getFlow(filter?)', () => {
  it('is what all moves say, after any calls, where clocks are changed', () => {
    let counted = 0;
    fc.assert(
      fc.property(
        anyChange,
        anyCalls,
        fc.array(
          fc.record({
            bucket: fc.constantFrom('hour', 'day', 'week', 'month'),
            from: fc.integer({ min: -70, max: 60 }),
            length: fc.integer({ min: 1, max: 150 }),
            off: fc.constantFrom(0, 1, 7 * MINUTE),
          }),
          { minLength: 6, maxLength: 10 },
        ),
        ({ timeZone, at }, calls, ranges) => {
          const db = moving(Date.parse(at) - 2 * DAY);
          const reading = open({ ...db.place, readonly: true });
          const half = calls.length >> 1;
          for (const some of [calls.slice(0, half), calls.slice(half)]) {
            act(db, some);
            for (const { bucket, from, length, off } of ranges) {
              const since = new Date(Date.parse(at) + from * HOUR + off);
              const filter = { bucket, timeZone, since, until: new Date(since.getTime() + length * HOUR) };
              const right = naive(db, filter);
              expect({ filter, ...reading.getFlow(filter) }).toEqual({ filter, ...right });
              expect({ filter, ...db.getFlow(filter) }).toEqual({ filter, ...right });
              for (const { arrived, left } of right.buckets) counted += arrived + left;
            }
          }
        },
      ),
      { numRuns: 25 },
    );
    expect(counted).toBeGreaterThan(500);
  });

  it('tells of a worktree that came, moved on and left', () => {
    const db = moving(Date.parse('2040-05-01T08:00:00Z'));
    for (const n of [1, 2]) {
      db.createZone(zone(n));
      db.createWorktree(worktree(n));
    }
    db.moveWorktree('wt-1', 'zone-1');
    db.pass(DAY);
    db.moveWorktree('wt-1', 'zone-2');
    db.moveWorktree('wt-2', 'zone-1');
    db.pass(DAY);
    db.deleteWorktree('wt-1');
    const flow = db.getFlow({ since: '2040-05-01', until: '2040-05-04' });
    expect(flow).toEqual({
      buckets: [
        { start: '2040-05-01T00:00:00.000Z', zones: { 'zone-1': 1, 'zone-2': 0 }, arrived: 1, left: 0 },
        { start: '2040-05-02T00:00:00.000Z', zones: { 'zone-1': 1, 'zone-2': 1 }, arrived: 1, left: 0 },
        { start: '2040-05-03T00:00:00.000Z', zones: { 'zone-1': 1, 'zone-2': 0 }, arrived: 0, left: 1 },
      ],
      leadTimeMs: { p50: 2 * DAY, p85: 2 * DAY, p95: 2 * DAY },
      timeInZoneMs: {
        'zone-1': { p50: DAY, p85: DAY, p95: DAY },
        'zone-2': { p50: DAY, p85: DAY, p95: DAY },
      },
    });
    // What began before is known, too.
    expect(db.getFlow({ since: '2040-05-03', until: '2040-05-04' })).toMatchObject({
      leadTimeMs: { p50: 2 * DAY },
      timeInZoneMs: { 'zone-1': { p50: null }, 'zone-2': { p50: DAY } },
    });
  });

  it('is of the last thirty days where nothing is said', () => {
    const db = moving(Date.parse('2040-05-31T08:00:00Z'));
    const { buckets } = db.getFlow();
    expect(buckets.map(({ start }) => start).filter((_, nth) => nth % 29 === 0)).toEqual([
      '2040-05-02T00:00:00.000Z',
      '2040-05-31T00:00:00.000Z',
    ]);
    expect(db.getFlow({ bucket: 'week' }).buckets).toHaveLength(12);
    expect(db.getFlow({ since: '2040-05-02', until: '2040-05-02' }).buckets).toEqual([]);
  });

  it.each([
    [{ bucket: 'hourOfWeek' }, 'TypeError', 'bucket'],
    [{ since: 'yesterday' }, 'TypeError', 'since'],
    [{ until: 5 }, 'TypeError', 'until'],
    [{ timeZone: 'Nowhere' }, 'TypeError', 'timeZone'],
    [{ timezone: 'UTC' }, 'TypeError', 'timezone'],
    [{ since: '0001-01-01' }, 'RangeError', 'since'],
    [{ bucket: 'hour', since: '1990-01-01' }, 'RangeError', 'since'],
  ])('of %o there is none', (filter, name, field) => {
    const db = moving(Date.parse('2040-05-31T08:00:00Z'));
    expect(refusal(() => db.getFlow(filter))).toMatchObject({ name, method: 'getFlow', field });
  });
});
