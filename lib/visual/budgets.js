'use strict';

const addon = require('../native/addon.js');
const { list } = require('../native/objects.js');
const { cell } = require('../native/rows.js');
const { describe, fields, integer } = require('./arguments.js');
const { wrongType, wrongValue } = require('./errors.js');
const knownKeys = require('./known_keys.js');
const { periodOf, timeZoneOf } = require('./periods.js');
const { stateOf } = require('./state.js');

const AMOUNTS = [0, Number.MAX_SAFE_INTEGER];
const PERIODS = ['day', 'month', 'total'];
/** For each kind of scope, the field of a run that decides whether the run counts. */
const SCOPES = { zone: 'zoneId', worktree: 'worktreeId', agent: 'agentType' };

/** A budget as it is stored. */
const stored = {
  width: 8,
  make: (at) => ({
    scope: cell(at),
    id: cell(at + 1),
    period: cell(at + 2),
    timeZone: cell(at + 3),
    limitMicros: cell(at + 4),
    spentMicros: cell(at + 5),
    remainingMicros: cell(at + 6),
    resetsAt: cell(at + 7),
  }),
};

/** A budget as callers see it. */
function shown({ scope, id, period, timeZone, limitMicros, spentMicros, remainingMicros, resetsAt }) {
  const of = { zoneId: null, worktreeId: null, agentType: null, period, timeZone };
  if (scope !== 'all') of[SCOPES[scope]] = id;
  return { scope: of, limitMicros, spentMicros, remainingMicros, resetsAt };
}

/** The methods of VisualDatabase that are about budgets. */
const methods = {
  setBudget(given, costMicros) {
    const { connection, clock } = stateOf(this, 'setBudget');
    const { period, timeZone: zone, ...of } = fields('setBudget', 'scope', given, knownKeys.budget, true);
    const [scope, id] = scopeOf(of);
    if (!PERIODS.includes(period)) {
      const refused = typeof period === 'string' ? wrongValue : wrongType;
      const message = `setBudget: period must be one of ${PERIODS.join(', ')}, got ${describe(period)}`;
      throw refused('setBudget', 'period', period, message);
    }
    const timeZone = timeZoneOf('setBudget', zone);
    const limit = costMicros === null ? null : amountOf(costMicros);
    const now = clock();
    const { start, end } = periodOf(period, timeZone, now);
    addon.setBudget(connection, now, scope, id, period, start, end, timeZone, limit);
  },

  getBudgets() {
    const { connection, clock } = stateOf(this, 'getBudgets');
    const now = clock();
    return list(stored, addon.listBudgets(connection), connection).map((budget) =>
      shown(isOver(budget, now) ? begun(connection, budget, now) : budget),
    );
  },
};

const isOver = ({ resetsAt }, now) => resetsAt !== null && Date.parse(resetsAt) <= now;

/** A budget whose period is over, as it is in the current one, which nobody has begun yet. */
function begun(connection, budget, now) {
  const { scope, id, period, timeZone, limitMicros } = budget;
  const { start, end } = periodOf(period, timeZone, now);
  const spentMicros = addon.spentSince(connection, scope, id, period, start);
  const remainingMicros = Math.max(limitMicros - spentMicros, 0);
  return { ...budget, spentMicros, remainingMicros, resetsAt: new Date(end).toISOString() };
}

/** Runs a call that needs current budgets: where the period of one is over, its next one is begun, and the call made again. */
function withBudgets({ connection, clock }, call) {
  try {
    return call();
  } catch (error) {
    if (error?.code !== 'ERR_BUDGET_PERIOD') throw error;
    const now = clock();
    for (const budget of list(stored, addon.listBudgets(connection), connection)) {
      const { scope, id, period, timeZone } = budget;
      if (!isOver(budget, now)) continue;
      const { start, end } = periodOf(period, timeZone, now);
      addon.renewBudget(connection, scope, id, period, start, end);
    }
    return call();
  }
}

/** The scope: `all`, or the zone, worktree or agent that is given, of which there may be one. */
function scopeOf(of) {
  const given = Object.entries(SCOPES).filter(([, field]) => of[field] !== undefined && of[field] !== null);
  for (const [, field] of given) {
    const id = of[field];
    if (typeof id === 'string' && id !== '') continue;
    const refused = typeof id === 'string' ? wrongValue : wrongType;
    throw refused('setBudget', field, id, `setBudget: ${field} must be a non-empty string, got ${describe(id)}`);
  }
  if (given.length > 1) {
    const [[, one], [, other]] = given;
    throw wrongValue('setBudget', other, of[other], `setBudget: a budget is of ${one} or of ${other}, not of both`);
  }
  return given.length === 0 ? ['all', ''] : [given[0][0], of[given[0][1]]];
}

function amountOf(given) {
  if (given !== undefined) return integer('setBudget', 'costMicros', given, AMOUNTS);
  const message = 'setBudget: costMicros must be an integer or null, got undefined';
  throw wrongType('setBudget', 'costMicros', given, message);
}

module.exports = { methods, shown, stored, withBudgets };
