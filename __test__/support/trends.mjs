// What `getTrend` has to give, found out the slow way: every run by `getRun`, and its bucket by what the clocks of the time zone
// show at each quarter of an hour.
import { expect } from 'vitest';
import { archivedOf, everyRun, KEEPS, meant } from './listed_runs.mjs';
import { sql } from './sql.mjs';

const QUARTER = 900_000;
const DAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];
const labels = new Map();

function shown(timeZone, time) {
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    hourCycle: 'h23',
    weekday: 'short',
    timeZoneName: 'longOffset',
  });
  return Object.fromEntries(format.formatToParts(time).map(({ type, value }) => [type, value]));
}

/** What tells the buckets apart. */
const LABELS = {
  hour: ({ year, month, day, hour, timeZoneName }) => `${year}-${month}-${day} ${hour} ${timeZoneName}`,
  day: ({ year, month, day }) => `${year}-${month}-${day}`,
  week({ year, month, day, weekday }) {
    const monday = Date.UTC(Number(year), Number(month) - 1, Number(day) - DAYS.indexOf(weekday));
    return new Date(monday).toISOString().slice(0, 10);
  },
  month: ({ year, month }) => `${year}-${month}`,
  hourOfWeek: ({ weekday, hour }) => DAYS.indexOf(weekday) * 24 + Number(hour),
};

function label(bucket, timeZone, time) {
  const quarter = Math.floor(time / QUARTER) * QUARTER;
  const key = `${timeZone} ${quarter}`;
  if (!labels.has(key)) labels.set(key, shown(timeZone, quarter));
  return LABELS[bucket](labels.get(key));
}

/** The label of each bucket, and when it begins. */
export function bucketsOf(bucket, timeZone, since, until) {
  if (bucket === 'hourOfWeek') return new Map(Array.from({ length: 168 }, (_, hour) => [hour, hour]));
  const starts = new Map();
  if (since >= until) return starts;
  let at = Math.floor(since / QUARTER) * QUARTER;
  const first = label(bucket, timeZone, at);
  while (label(bucket, timeZone, at - QUARTER) === first) at -= QUARTER;
  for (; at < until; at += QUARTER) {
    const of = label(bucket, timeZone, at);
    if (!starts.has(of)) starts.set(of, new Date(at).toISOString());
  }
  return starts;
}

const nameOf = (db, run) => {
  const archived = archivedOf(db, run);
  return archived === undefined ? run.worktreeId : `\u0001${archived}`;
};

function branchOf(db, run) {
  const archived = archivedOf(db, run);
  if (archived === undefined) return db.getWorktree(run.worktreeId)?.branchName;
  const branch = 'SELECT branch_name FROM archived_worktrees WHERE key = ? AND restored_at IS NULL';
  return sql(db).prepare(branch).pluck().get(archived);
}

/** The series that a run is in: what each is known by, and what it is called. */
const SERIES = {
  none: () => [['', null]],
  zone: ({ zoneId }) => [[zoneId, zoneId]],
  agent: ({ agentType }) => [[agentType, agentType]],
  model: ({ usage }) => usage.models.map(({ model }) => [model, model]),
  worktree: (run, db) => [[nameOf(db, run), run.worktreeId]],
  branch: (run, db) => [branchOf(db, run)].filter((branch) => branch !== undefined).map((branch) => [branch, branch]),
};

/** The series that there are, whether they have runs or not. */
const NAMED = {
  none: () => [['', null]],
  zone: ({ zoneId = [] }) => [zoneId].flat().map((id) => [id, id]),
  agent: ({ agentType = [] }) => [agentType].flat().map((name) => [name, name]),
  model: ({ model = [] }) => [model].flat().map((name) => [name, name]),
  branch: ({ branchName = [] }) => [branchName].flat().map((name) => [name, name]),
  worktree({ worktreeId = [] }, db) {
    const name = (id) => (meant(db, id) === undefined ? id : `\u0001${meant(db, id)}`);
    return [worktreeId].flat().map((id) => [name(id), id]);
  },
};

const sum = (values) => {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : known.reduce((one, other) => one + other, 0);
};

function row(start, key, runs) {
  const lengths = runs.map(({ durationMs }) => durationMs).filter((length) => length !== null);
  lengths.sort((one, other) => one - other);
  const at = (share) => lengths[Math.max(Math.ceil((share * lengths.length) / 100), 1) - 1] ?? null;
  const of = (status) => runs.filter((run) => run.status === status).length;
  return {
    start,
    key,
    runs: runs.length,
    succeeded: of('succeeded'),
    failed: of('failed'),
    successRate: runs.length === 0 ? null : (of('succeeded') / runs.length) * 100,
    durationMs: {
      mean: lengths.length === 0 ? null : sum(lengths) / lengths.length,
      p50: at(50),
      p90: at(90),
      p99: at(99),
      max: lengths.at(-1) ?? null,
    },
    inputTokens: sum(runs.map(({ usage }) => usage.inputTokens)),
    outputTokens: sum(runs.map(({ usage }) => usage.outputTokens)),
    costMicros: sum(runs.map(({ usage }) => usage.costMicros)),
  };
}

const isIn = ({ finishedAt }, since, until) => {
  const at = Date.parse(finishedAt ?? '');
  return at >= since && at < until;
};

/** What `Map.groupBy` gives, which Node 20 lacks. */
function grouping(list, keyOf) {
  const groups = new Map();
  for (const item of list) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item]);
  return groups;
}

/** What of a run belongs to a model. */
const ofModel = (run, name) => ({ ...run, usage: run.usage.models.find(({ model }) => model === name) });

/** The trend by the naive query over all runs. */
export function naive(db, runs, { bucket = 'hour', by = 'none', timeZone = 'UTC', since, until, ...filter }) {
  const [from, to] = [since, until].map((time) => new Date(time).getTime());
  const starts = bucketsOf(bucket, timeZone, from, to);
  const kept = runs.filter(
    (run) => isIn(run, from, to) && Object.entries(filter).every(([key, value]) => KEEPS[key](run, value, db)),
  );
  const series = new Map();
  const begin = ([name, key]) => series.has(name) || series.set(name, { name, key, runs: [] });
  NAMED[by](filter, db).forEach(begin);
  for (const run of kept) {
    for (const [name, key] of SERIES[by](run, db)) {
      begin([name, key]);
      const model = by === 'model' ? name : filter.model;
      series.get(name).runs.push(model === undefined ? run : ofModel(run, model));
    }
  }
  const order = ({ key, name }) => `${key}\u0000${name}`;
  const sorted = [...series.values()].sort((one, other) => (order(one) < order(other) ? -1 : 1));
  const labelOf = ({ finishedAt }) => label(bucket, timeZone, Date.parse(finishedAt));
  return sorted.flatMap(({ key, runs: own }) => {
    const grouped = grouping(own, labelOf);
    return [...starts].map(([of, start]) => row(start, key, grouped.get(of) ?? []));
  });
}

const isNear = (said, exact) => said !== null && exact !== null && Math.abs(said - exact) <= exact * 0.05;

/** A trend, in which percentiles that are near enough are the exact ones. */
function exact(trend, right) {
  return trend.map((of, nth) => {
    const durations = right[nth]?.durationMs ?? {};
    const near = (name) => (isNear(of.durationMs[name], durations[name]) ? durations[name] : of.durationMs[name]);
    return { ...of, durationMs: { ...of.durationMs, p50: near('p50'), p90: near('p90'), p99: near('p99') } };
  });
}

/** Checks some trends; how many runs were in them. */
export function expectTrends(db, filters) {
  const runs = everyRun(db);
  let counted = 0;
  for (const filter of filters) {
    const right = naive(db, runs, filter);
    const trend = exact(db.getTrend(filter), right);
    // What differs is seen sooner without buckets that are empty.
    const some = (rows) => rows.filter((of) => of.runs > 0);
    expect({ filter, some: some(trend) }).toEqual({ filter, some: some(right) });
    expect({ filter, trend }).toEqual({ filter, trend: right });
    for (const { runs: count } of right) counted += count;
  }
  return counted;
}
