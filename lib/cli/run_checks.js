'use strict';

// What `doctor` checks in the queue. See checks.js for what a check returns.

const { note, ok, problem } = require('./checks.js');
const { reading } = require('./database.js');
const { many, printable } = require('./output.js');
const { costText, durationText, scopeText } = require('./run_text.js');

/** The first version of the schema that has runs. */
const VERSION = 4;
/** How late a worker may be before it is reported, in milliseconds. */
const LATE = 1000;
/** How long a run may be queued before it is reported, in milliseconds. */
const LONG = 10 * 60_000;
const NAMED = 5;

/** What `look` finds, where the schema has runs. Other checks are about files that can't be opened. */
function ofRuns({ file }, look) {
  const { status } = require('../entry/parts').schema;
  const { state, version, reasons } = status(file);
  if (version < VERSION) return ok('this version of the schema has none');
  if (!['current', 'pinned', 'newer'].includes(state) || reasons.length > 0)
    return ok('left until the schema is as it must be');
  return reading(file, look);
}

const leases = (subject) =>
  ofRuns(subject, (database) => {
    const { outOfLease } = require('../entry/parts');
    // By the clock of leases, not by the wall clock, which can be set.
    const gone = [...outOfLease(database, LATE)].map(({ run }) => run);
    if (gone.length === 0) return ok('every run at work is held by somebody');
    const named = first(gone.map(({ id, workerId }) => `${id} of ${workerId}`));
    const finding = `${many(gone.length, 'run')} whose worker is not heard of any more: ${named}`;
    return problem(finding, 'npx --no -- visual-db sweep; the next claim of any worker does it, too');
  });

const queues = (subject) =>
  ofRuns(subject, (database) => {
    const since = Date.now() - LONG;
    const isWaiting = ({ availableAt }) => Date.parse(availableAt) < since;
    const queued = all(database, 'queued').filter(isWaiting);
    if (queued.length === 0) return ok('nothing has been queued for 10 minutes');
    const served = new Set(all(database, 'running').map(laneOf));
    const full = database.getRunLimits().filter(({ limit, running }) => running >= limit);
    const barriers = [...full, ...database.getBudgets().filter(isSpent)].map(({ scope }) => scope);
    const unserved = queued.filter((run) => !served.has(laneOf(run)) && !barriers.some((scope) => covers(scope, run)));
    if (unserved.length === 0) return ok('what is queued is of queues that are served, or held back on purpose');
    const lanes = [...new Set(unserved.map(laneOf))].map((lane) => unserved.filter((run) => laneOf(run) === lane));
    return problem(
      `nobody serves ${first(lanes.map((runs) => laneText(database, runs)))}`,
      'start a worker that claims them, or cancel them',
    );
  });

function laneText(database, runs) {
  const [{ zoneId, agentType }] = runs;
  const oldest = Math.min(...runs.map(({ availableAt }) => Date.parse(availableAt)));
  const waited = durationText(Date.now() - oldest);
  return `${many(runs.length, 'run')} of ${scopeText(database, { zoneId, agentType })}, the oldest for ${waited}`;
}

const budgets = (subject) =>
  ofRuns(subject, (database) => {
    const spent = database.getBudgets().filter(isSpent);
    if (spent.length === 0) return ok('none is used up');
    const named = spent.map(({ scope, limitMicros, resetsAt }) => {
      const period = scope.period === 'total' ? 'in all' : `a ${scope.period}`;
      const until = resetsAt === null ? '' : `, until ${resetsAt}`;
      return `${costText(limitMicros)} ${period} of ${scopeText(database, scope)}${until}`;
    });
    const stopped = all(database, 'queued').filter((run) => spent.some(({ scope }) => covers(scope, run)));
    const advice = 'npx --no -- visual-db budgets set gives more';
    if (stopped.length === 0) return note(`used up: ${first(named)}`, advice);
    return problem(`used up: ${first(named)}; it stops ${many(stopped.length, 'queued run')}`, advice);
  });

const isSpent = ({ remainingMicros }) => remainingMicros === 0;

/** Whether a run counts for the scope of a limit or a budget. */
function covers(scope, run) {
  return ['zoneId', 'worktreeId', 'agentType'].every((key) => (scope[key] ?? run[key]) === run[key]);
}

/** A text for the lane of a run. */
const laneOf = ({ zoneId, agentType }) => JSON.stringify([zoneId, agentType]);

/** All runs with a status. */
function all(database, status) {
  const found = [];
  for (let after; after !== null;) {
    const page = database.listRuns({ status, limit: 1000, after });
    for (const { prompt: _, ...run } of page.items) found.push(run);
    after = page.next;
  }
  return found;
}

/** The first few of a list, and how many more there are. */
function first(texts) {
  const named = texts.slice(0, NAMED).map(printable).join('; ');
  return texts.length > NAMED ? `${named}; and ${texts.length - NAMED} more` : named;
}

module.exports = { RUNS: { leases, queues, budgets } };
