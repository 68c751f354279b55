// What `listRuns` has to give, found out the slow way: every run by `getRun`, filtered and sorted here.
import fc from 'fast-check';
import { expect } from 'vitest';
import { inFiles } from './places.mjs';
import { sql } from './sql.mjs';

/** When it was made; a time that nobody can read is before all others. */
const made = ({ createdAt }) => {
  const time = Date.parse(createdAt);
  return Number.isNaN(time) ? -Infinity : time;
};
const ended = ({ finishedAt }) => new Date(finishedAt).getTime();
const isEnded = ({ finishedAt }) => finishedAt !== null;

/** Every run that there is, in whatever order. */
export function everyRun(db) {
  const inAFile = `SELECT id FROM runs WHERE key > 0 UNION SELECT id FROM zone_executions WHERE typeof(id) = 'text'
    UNION SELECT id FROM archived_executions WHERE typeof(id) = 'text'`;
  const ids = sql(db)
    .prepare(inFiles ? inAFile : 'SELECT id FROM runs')
    .pluck()
    .all();
  return ids.map((id) => db.getRun(id)).filter(Boolean);
}

/** The archived worktree that a run is of, by its key in the archive; `undefined` of one on the board, or of one whose execution others gave to another worktree. */
export function archivedOf(db, { id, worktreeId }) {
  if (!inFiles) return sql(db).prepare('SELECT archive FROM runs WHERE id = ?').pluck().get(id) ?? undefined;
  const inArchive = `SELECT w.key FROM archived_executions AS a JOIN archived_worktrees AS w ON w.key = a.key >> 32
      WHERE a.id = :id AND w.id = :worktreeId AND NOT EXISTS (SELECT 1 FROM zone_executions WHERE id = :id)
      AND a.key = (SELECT max(key) FROM archived_executions WHERE id = :id)
    UNION ALL SELECT worktree FROM archived_runs AS a JOIN runs AS r ON r.key = a.run WHERE r.id = :id ORDER BY 1 DESC LIMIT 1`;
  return db.db.prepare(inArchive).pluck().get({ id, worktreeId });
}

const MEANT = `SELECT key FROM archived_worktrees WHERE id = ? AND restored_at IS NULL
  AND NOT EXISTS (SELECT 1 FROM worktrees WHERE id = ?)
  AND NOT EXISTS (SELECT 1 FROM zone_executions WHERE worktree_id = ?) ORDER BY key DESC LIMIT 1`;

/** The archived worktree that an id means, where it is on no board, and others have left no executions of it there either. */
export function meant(db, id) {
  return sql(db).prepare(MEANT).pluck().get(id, id, id);
}

const ON_BRANCH = 'SELECT 1 FROM archived_worktrees WHERE key = ? AND branch_name = ? AND restored_at IS NULL';

/** What each filter keeps. */
export const KEEPS = {
  zoneId: (run, ids) => [ids].flat().includes(run.zoneId),
  worktreeId: (run, ids, db) =>
    [ids].flat().includes(run.worktreeId) && meant(db, run.worktreeId) === archivedOf(db, run),
  agentType: (run, names) => [names].flat().includes(run.agentType),
  status: (run, words) => [words].flat().includes(run.status),
  model: (run, name) => run.usage.models.some(({ model }) => model === name),
  parentRunId: (run, id) => run.parentRunId === id,
  branchName(run, name, db) {
    const archived = archivedOf(db, run);
    if (archived === undefined) return db.getWorktree(run.worktreeId)?.branchName === name;
    return sql(db).prepare(ON_BRANCH).get(archived, name) !== undefined;
  },
  since: (run, time) => made(run) >= new Date(time).getTime(),
  until: (run, time) => made(run) > -Infinity && made(run) <= new Date(time).getTime(),
  finishedSince: (run, time) => isEnded(run) && ended(run) >= new Date(time).getTime(),
  finishedUntil: (run, time) => isEnded(run) && ended(run) <= new Date(time).getTime(),
  minDurationMs: (run, least) => isEnded(run) && run.durationMs !== null && run.durationMs >= least,
};

const VALUES = { longest: ({ durationMs }) => durationMs, costliest: ({ usage }) => usage.costMicros };

/** Of runs that come newest first, those of a filter in its order. */
function asked(db, newest, { orderBy = 'newest', ...filter }) {
  const kept = newest.filter((run) =>
    Object.entries(filter).every(([key, value]) => value === undefined || KEEPS[key](run, value, db)),
  );
  if (orderBy === 'newest') return kept;
  if (orderBy === 'oldest') return kept.toReversed();
  const valued = kept.filter((run) => isEnded(run) && VALUES[orderBy](run) !== null);
  return valued.toSorted((one, other) => VALUES[orderBy](other) - VALUES[orderBy](one));
}

/** All pages of a filter. */
export function everyPage(db, filter, limit) {
  const found = [];
  let after;
  do {
    const page = db.listRuns({ ...filter, limit, after });
    found.push(...page.items);
    after = page.next;
  } while (after !== null);
  return found;
}

const summary = ({ prompt: _prompt, result: _result, ...run }) => run;
const byId = (one, other) => (one.id < other.id ? -1 : 1);

/** Checks the whole list, and these filters of it; the ids of the whole list. */
export function expectLists(db, filters) {
  const newest = everyPage(db, { fields: 'full' }, 1000);
  expect(newest.toSorted(byId)).toEqual(everyRun(db).toSorted(byId));
  for (let n = 1; n < newest.length; n += 1) expect(made(newest[n - 1])).toBeGreaterThanOrEqual(made(newest[n]));
  for (const filter of filters) {
    const right = asked(db, newest, filter).map(summary);
    expect({ filter, items: everyPage(db, filter, 41) }).toEqual({ filter, items: right });
    expect(db.listRuns({ ...filter, limit: 1000 }).items).toEqual(right);
  }
  return newest.map(({ id }) => id);
}

export const ONE_OF = {
  zoneId: fc.oneof(fc.constantFrom('zone-1', 'zone-2', 'nowhere'), fc.constant(['zone-3', 'zone-1', 'zone-3'])),
  worktreeId: fc.oneof(fc.constantFrom('wt-1', 'wt-2'), fc.constant(['wt-2', 'wt-4', 'wt-3']), fc.constant([])),
  agentType: fc.oneof(fc.constantFrom('a', 'b', 'qa'), fc.constant(['qa', 'a'])),
  status: fc.oneof(
    fc.constantFrom('queued', 'running', 'waiting', 'succeeded', 'failed', 'cancelled', 'timedOut', 'lost'),
    fc.constantFrom(['failed', 'running', 'cancelled'], ['succeeded', 'queued']),
  ),
  model: fc.constantFrom('sonnet', 'opus', 'none'),
  parentRunId: fc.constantFrom('parent', 'nobody'),
  branchName: fc.constantFrom('b', 'main', 'nowhere'),
  since: fc.constantFrom('2026-05-06T07:08:09.500Z', new Date('2026-05-06T07:08:12.000Z'), '2020-01-01'),
  until: fc.constantFrom('2026-05-06T07:08:11.000Z', '2099-01-01'),
  finishedSince: fc.constantFrom('2026-05-06T07:08:10.000Z', '2020-01-01'),
  finishedUntil: fc.constantFrom(new Date('2026-05-06T07:08:11.500Z'), '2099-01-01'),
  minDurationMs: fc.constantFrom(0, 1, 700, 5000),
};
const KEYS = Object.keys(ONE_OF);
const ORDERS = ['newest', 'oldest', 'longest', 'costliest'];
const orderBy = fc.constantFrom(...ORDERS);

/** Each order, each filter in some order, and some pairs of filters. */
export const someFilters = fc.record({
  singles: fc.tuple(...KEYS.map((key) => fc.record({ [key]: ONE_OF[key], orderBy }))),
  pairs: fc.array(
    fc
      .tuple(fc.constantFrom(...KEYS), fc.constantFrom(...KEYS))
      .chain(([one, other]) => fc.record({ [one]: ONE_OF[one], [other]: ONE_OF[other], orderBy })),
    { minLength: 6, maxLength: 12, size: 'max' },
  ),
});
export const filtersOf = ({ singles, pairs }, parent) =>
  [...ORDERS.map((order) => ({ orderBy: order })), ...singles, ...pairs].map((filter) =>
    filter.parentRunId === 'parent' ? { ...filter, parentRunId: parent } : filter,
  );
