'use strict';

const addon = require('../native/addon.js');
const { booleanOption } = require('./options.js');

const MAX_ARGUMENTS = 100;

/** `db.function(name, [options], fn)` */
function defineFunction(connection, bigintDefault, name, options, fn) {
  options ??= {};
  if (typeof options === 'function') [options, fn] = [{}, options];
  if (typeof name !== 'string') throw new TypeError('Expected first argument to be a string');
  if (typeof fn !== 'function') throw new TypeError('Expected last argument to be a function');
  if (typeof options !== 'object') throw new TypeError('Expected second argument to be an options object');
  const { varargs, ...common } = commonOptions(name, options, bigintDefault);
  addon.function(connection, fn, { ...common, arguments: varargs ? -1 : checkCount(lengthOf(fn)) });
}

/** `db.aggregate(name, options)` */
function defineAggregate(connection, bigintDefault, name, options) {
  if (typeof name !== 'string') throw new TypeError('Expected first argument to be a string');
  if (typeof options !== 'object' || options === null) {
    throw new TypeError('Expected second argument to be an options object');
  }
  if (name === '') throw new TypeError('User-defined function name cannot be an empty string');
  const start = 'start' in options ? options.start : null;
  const step = functionOption(options, 'step');
  if (step === null) throw new TypeError('Missing required option "step"');
  const inverse = functionOption(options, 'inverse');
  const result = functionOption(options, 'result');
  const { varargs, ...common } = commonOptions(name, options, bigintDefault);
  let count = -1;
  if (!varargs) {
    // The first argument of both is the accumulator.
    const longest = Math.max(lengthOf(step), inverse === null ? 0 : lengthOf(inverse));
    count = checkCount(longest > 0 ? longest - 1 : 0);
  }
  addon.aggregate(connection, start, step, inverse, result, { ...common, arguments: count });
}

function commonOptions(name, options, bigintDefault) {
  if (name === '') throw new TypeError('User-defined function name cannot be an empty string');
  const bigints = 'safeIntegers' in options ? booleanOption(options, 'safeIntegers') : bigintDefault;
  return {
    name,
    bigints,
    deterministic: booleanOption(options, 'deterministic'),
    directOnly: booleanOption(options, 'directOnly'),
    varargs: booleanOption(options, 'varargs'),
  };
}

function functionOption(options, key) {
  const value = key in options ? options[key] : null;
  if (typeof value === 'function') return value;
  if (value != null) throw new TypeError(`Expected the "${key}" option to be a function`);
  return null;
}

function lengthOf({ length }) {
  if (Number.isInteger(length) && length >= 0) return length;
  throw new TypeError('Expected function.length to be a positive integer');
}

function checkCount(count) {
  if (count > MAX_ARGUMENTS) throw new RangeError('User-defined functions cannot have more than 100 arguments');
  return count;
}

module.exports = { defineFunction, defineAggregate };
