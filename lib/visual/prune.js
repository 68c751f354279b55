'use strict';

const addon = require('../native/addon.js');
const rows = require('../native/rows.js');
const { one } = require('../native/objects.js');
const { describe, flag, options } = require('./arguments.js');
const { durationText } = require('./durations.js');
const { outOfRange, wrongType } = require('./errors.js');
const knownKeys = require('./known_keys.js');
const { POLICY, duration, policyOf, saysAnything } = require('./policy.js');
const { stateOf } = require('./state.js');

/** How long a call prunes by default, in milliseconds. */
const BUDGET = 50;
const LONGEST_BUDGET = 3_600_000;
/** How often pruning is due by default, in milliseconds. */
const EVERY = 3_600_000;

/** The result of pruning. */
const pruned = {
  width: 5,
  make: (at) => ({
    runs: rows.cell(at),
    bodies: rows.cell(at + 1),
    bytes: rows.cell(at + 2),
    diskBytes: rows.cell(at + 3),
    more: rows.cell(at + 4) !== 0,
  }),
};

/** The policy in the file: its numbers, and the interval. */
const stored = {
  width: POLICY.length + 1,
  make: (at) => Array.from({ length: POLICY.length + 1 }, (_, n) => rows.cell(at + n)),
};

function budgetOf(method, budget) {
  if (budget === undefined || budget === null) return BUDGET;
  if (typeof budget !== 'number') {
    throw wrongType(method, 'budgetMs', budget, `${method}: budgetMs must be a number, got ${describe(budget)}`);
  }
  if (!(budget > 0 && budget <= LONGEST_BUDGET)) {
    const message = `${method}: budgetMs must be above 0 and at most ${LONGEST_BUDGET}, got ${budget}`;
    throw outOfRange(method, 'budgetMs', budget, message);
  }
  return budget;
}

/** The file's policy as the addon has it, and its interval; `undefined` where the file has none. */
function storedPolicy(connection) {
  const numbers = one(stored, addon.retention(connection));
  if (numbers === null || numbers.slice(0, POLICY.length).every((number) => number === null)) return undefined;
  return { policy: numbers.slice(0, POLICY.length), every: numbers[POLICY.length] ?? EVERY };
}

/** The methods of VisualDatabase that keep it small. */
const methods = {
  prune(given) {
    const { connection, clock } = stateOf(this, 'prune');
    const asked = options('prune', 'options', given, knownKeys.prune);
    const { dryRun, budgetMs } = asked;
    const budget = budgetOf('prune', budgetMs);
    const dry = dryRun !== undefined && dryRun !== null && flag('prune', 'dryRun', dryRun);
    const own = policyOf('prune', asked);
    const policy = saysAnything(asked) ? own : (storedPolicy(connection)?.policy ?? own);
    if (dry) return one(pruned, addon.wouldPrune(connection, clock(), ...policy));
    return one(pruned, addon.prune(connection, clock(), budget, ...policy));
  },

  getRetention() {
    const { connection } = stateOf(this, 'getRetention');
    const found = storedPolicy(connection);
    if (found === undefined) return null;
    const { policy, every } = found;
    const said = POLICY.map((key, n) => {
      const isCount = key === 'perZone' || key === 'maxBytes';
      return [key, policy[n] === null || isCount ? policy[n] : durationText(policy[n])];
    });
    return { ...Object.fromEntries(said), every: durationText(every) };
  },

  setRetention(given) {
    const { connection, clock } = stateOf(this, 'setRetention');
    const asked = given === null ? {} : options('setRetention', 'retention', given, knownKeys.retention);
    const policy = policyOf('setRetention', asked);
    const { every } = asked;
    const everyMs = every === undefined || every === null ? null : duration('setRetention', 'every', every, 1000);
    addon.setRetention(connection, clock(), everyMs, ...policy);
  },
};

module.exports = { EVERY, methods, pruned, storedPolicy };
