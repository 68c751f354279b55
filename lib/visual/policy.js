'use strict';

// Retention policies, as `prune` and the option `retention` take them.

const { describe } = require('./arguments.js');
const { millisecondsOf } = require('./durations.js');
const { outOfRange, wrongType, wrongValue } = require('./errors.js');

/** The keys, in the order in which the addon takes them. */
const TIMES = ['bodies', 'output', 'runs'];
const POLICY = [...TIMES, 'perZone', 'maxBytes', 'changes'];

const isMissing = (value) => value === undefined || value === null;

/** The milliseconds of a length of time, checked. */
function duration(method, field, value, least = 0) {
  const given = typeof value === 'number' ? value : millisecondsOf(value);
  if (given === undefined) {
    const refused = typeof value === 'string' ? wrongValue : wrongType;
    const must = `must be milliseconds or a text such as '30d' or '12h', got ${describe(value)}`;
    throw refused(method, field, value, `${method}: ${field} ${must}`);
  }
  if (!(given >= least) || !Number.isSafeInteger(Math.round(given))) {
    throw outOfRange(method, field, value, `${method}: ${field} must be at least ${least} ms, got ${value}`);
  }
  return Math.round(given);
}

function count(method, field, value) {
  if (typeof value !== 'number') {
    throw wrongType(method, field, value, `${method}: ${field} must be a number, got ${describe(value)}`);
  }
  if (!Number.isSafeInteger(value) || value < 0) {
    throw outOfRange(method, field, value, `${method}: ${field} must be a non-negative integer, got ${value}`);
  }
  return value;
}

/** The numbers of a policy, `null` for what is kept for good. */
function policyOf(method, given, prefix = '') {
  return POLICY.map((key) => {
    const value = given[key];
    if (isMissing(value)) return null;
    const check = key === 'perZone' || key === 'maxBytes' ? count : duration;
    return check(method, prefix + key, value);
  });
}

/** Whether a policy has any key. */
const saysAnything = (given) => POLICY.some((key) => !isMissing(given[key]));

module.exports = { POLICY, duration, policyOf, saysAnything };
