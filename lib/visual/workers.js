'use strict';

const addon = require('../native/addon.js');
const { one, list } = require('../native/objects.js');
const { cell, head } = require('../native/rows.js');
const { within, BEGIN_IMMEDIATE } = require('../native/transaction.js');
const { counted, fields, integer, jsonText, options, texts } = require('./arguments.js');
const { wrongType } = require('./errors.js');
const { shown, stored, withBudgets } = require('./budgets.js');
const knownKeys = require('./known_keys.js');
const { newRun, run } = require('./run_fields.js');
const { stateOf } = require('./state.js');

/** How many runs one call of the addon claims at most, and how many it sweeps. */
const BATCH = 150;
const SWEPT = 2000;

/** The methods that claim; the addon takes the index. */
const CLAIMS = ['claimRuns', 'claimRun', 'waitForRun'];

/** A run and the token of the claim that holds it. */
const claimed = {
  width: run.width + 1,
  make: (at) => ({ run: run.make(at), token: cell(at + run.width) }),
};

/** The answer to a heartbeat, followed by the cells of a budget where the run counts for one. */
const lease = {
  width: 2 + stored.width,
  make: (at) => ({
    leaseExpiresAt: cell(at),
    cancelRequested: Boolean(cell(at + 1)),
    budget: budgetAt(at + 2),
  }),
};

/** A budget, or none. */
function budgetAt(at) {
  const budget = stored.make(at);
  return budget.scope === null ? null : shown(budget);
}

const swept = { width: 2, make: (at) => ({ id: cell(at), status: cell(at + 1) }) };

/** The methods of VisualDatabase for workers. */
const methods = {
  startRun(argument, given) {
    const state = stateOf(this, 'startRun');
    const { connection, clock } = state;
    const wanted = newRun('startRun', 'run', argument, true);
    const { workerId, leaseMs } = fields('startRun', 'options', given, knownKeys.start, true);
    return withBudgets(state, () => one(claimed, addon.startRun(connection, clock(), ...wanted, workerId, leaseMs)));
  },

  claimRuns(given) {
    const state = stateOf(this, 'claimRuns');
    const { limit, ...wanted } = fields('claimRuns', 'options', given, knownKeys.claims, true);
    return claim(state, 'claimRuns', wanted, integer('claimRuns', 'limit', limit, [1, 1000], 1));
  },

  claimRun(given) {
    return (
      claim(stateOf(this, 'claimRun'), 'claimRun', fields('claimRun', 'options', given, knownKeys.claim, true))[0] ??
      null
    );
  },

  waitForRun(given) {
    return waited(stateOf(this, 'waitForRun'), given);
  },

  heartbeatRun(id, token, given) {
    const state = stateOf(this, 'heartbeatRun');
    const { connection, clock } = state;
    const { leaseMs } = options('heartbeatRun', 'options', given, knownKeys.heartbeat);
    return withBudgets(state, () => one(lease, addon.heartbeatRun(connection, clock(), id, token, leaseMs)));
  },

  waitRun(id, token, given) {
    const { connection, clock } = stateOf(this, 'waitRun');
    const { question } = fields('waitRun', 'options', given, knownKeys.question, true);
    return one(run, addon.waitRun(connection, clock(), id, token, question));
  },

  releaseRun(id, token) {
    const { connection, clock } = stateOf(this, 'releaseRun');
    return one(run, addon.releaseRun(connection, clock(), id, token));
  },

  finishRun(id, token, given) {
    const { connection, clock } = stateOf(this, 'finishRun');
    const outcome = fields('finishRun', 'outcome', given, knownKeys.outcome, true);
    const { status, exitCode, error, commitBefore, commitAfter, filesChanged, insertions, deletions } = outcome;
    const result = jsonText('finishRun', 'result', outcome.result);
    const told = [status, exitCode, error, result, commitBefore, commitAfter, filesChanged, insertions, deletions];
    return one(run, addon.finishRun(connection, clock(), id, token, ...told));
  },

  sweepRuns(given) {
    const state = stateOf(this, 'sweepRuns');
    const { connection, clock } = state;
    const { isAlive, graceMs } = options('sweepRuns', 'options', given, knownKeys.sweep);
    const isAsked = isAlive !== undefined && isAlive !== null;
    const asked = isAsked ? ask(state, isAlive, graceMs) : [];
    const found = { requeued: [], lost: [], timedOut: [] };
    for (let more = true; more;) {
      const rows = list(swept, addon.sweepRuns(connection, clock(), graceMs, isAsked, ...asked), connection);
      // A run that somebody wanted to stop is cancelled, and in none of the lists.
      for (const { id, status } of rows) (status === 'queued' ? found.requeued : found[status])?.push(id);
      more = rows.length === SWEPT;
    }
    return found;
  },
};

/** The `Claimants` by the state of the database. */
const waiting = new WeakMap();

function claimantsOf(state) {
  const known = waiting.get(state);
  if (known !== undefined) return known;
  const { Claimants } = require('./wait_for_run.js');
  const { connection, clock, server } = state;
  const runs = {
    claim: (wanted) => claim(state, 'waitForRun', wanted)[0] ?? null,
    nextDue: () => addon.nextRunDue(connection, clock()),
    news: (after = null) => ({ last: addon.newsOfRuns(connection, after), any: head[0] !== 0 }),
  };
  const claimants = new Claimants(connection, runs, server !== null);
  waiting.set(state, claimants);
  return claimants;
}

/** Asynchronous, so that wrong options are a rejection, too. */
async function waited(state, given) {
  const { signal, ...wanted } = fields('waitForRun', 'options', given, knownKeys.wait, true);
  const { workerId, leaseMs, zoneIds, agentTypes } = wanted;
  const takes = JSON.stringify([workerId, leaseMs, zoneIds, agentTypes]);
  return claimantsOf(state).wait(wanted, takes, signal);
}

/** Claims at most `limit` runs. */
function claim(state, method, given, limit = 1) {
  const { connection, clock } = state;
  const { workerId, leaseMs } = given;
  const zoneIds = texts(method, 'zoneIds', given.zoneIds);
  const agentTypes = texts(method, 'agentTypes', given.agentTypes);
  const some = (most, goesOn = false) => {
    const now = clock();
    const lists = counted(zoneIds, agentTypes);
    return list(
      claimed,
      addon.claimRuns(connection, now, workerId, most, leaseMs, CLAIMS.indexOf(method), goesOn, ...lists),
      connection,
    );
  };
  if (limit <= BATCH) return withBudgets(state, () => some(limit));
  return within(connection, BEGIN_IMMEDIATE, () => {
    const all = [];
    for (let more = true; more && all.length < limit;) {
      const rows = withBudgets(state, () => some(Math.min(BATCH, limit - all.length), all.length > 0));
      all.push(...rows);
      more = rows.length === BATCH;
    }
    return all;
  });
}

/** The runs whose lease ran out at least `graceMs` ago, each with its token, in the order of their ids. */
function* outOfLease({ connection, clock }, graceMs) {
  let after;
  for (let more = true; more;) {
    const rows = list(claimed, addon.runsOutOfLease(connection, clock(), graceMs, after), connection);
    for (const row of rows) {
      after = row.run.id;
      yield row;
    }
    more = rows.length === BATCH;
  }
}

/** Asks `isAlive` about each run whose lease ran out, and gives its id, token and the answer. */
function ask(state, isAlive, graceMs) {
  if (typeof isAlive !== 'function') {
    throw wrongType('sweepRuns', 'isAlive', isAlive, `sweepRuns: isAlive must be a function, got ${typeof isAlive}`);
  }
  const asked = [];
  for (const { run: its, token } of outOfLease(state, graceMs)) {
    const answer = isAlive(its.workerId, its);
    if (answer && typeof answer.then === 'function') {
      throw wrongType('sweepRuns', 'isAlive', isAlive, 'sweepRuns: isAlive cannot return a promise');
    }
    asked.push(its.id, token, Boolean(answer));
  }
  return asked;
}

module.exports = { methods, claim, outOfLease };
