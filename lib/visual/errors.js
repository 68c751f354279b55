'use strict';

// What programs can test about an error, beside its class and words: `code`, `method`, `field` and `value`. Those of the
// addon come with it (src/binding/js/facts.rs); here are those of what only JavaScript can find out.

/** Adds the facts. Who prints an error does not see `value`: it may be long, or private. */
function about(error, code, method, field, value) {
  // Which element of a bulk call it is, programs read from `index`.
  Object.assign(error, { code, method, field: `${field}`.replace(/^\w+\[\d+\]\./, '').replace(/\[\d+\]$/, '') });
  return Object.defineProperty(error, 'value', { value, writable: true, configurable: true });
}

/** A value of a kind that never belongs there. */
function wrongType(method, field, value, message) {
  return about(new TypeError(message), 'ERR_INVALID_ARG_TYPE', method, field, value);
}

/** A value of a right kind that says nothing that belongs there. */
function wrongValue(method, field, value, message, options) {
  return about(new TypeError(message, options), 'ERR_INVALID_ARG_VALUE', method, field, value);
}

/** A number that is too large, too small or no whole one. */
function outOfRange(method, field, value, message) {
  return about(new RangeError(message), 'ERR_OUT_OF_RANGE', method, field, value);
}

/**
 * What `JSON.stringify` threw: its own words, behind the field's name. What a `toJSON` or a getter throws is the caller's, and
 * stays what it is.
 */
function notJson(method, field, value, error) {
  if (!(error instanceof TypeError) || !/BigInt|circular|cyclic/i.test(error.message)) return error;
  return wrongValue(method, field, value, `${method}: ${field}: ${error.message}`, { cause: error });
}

/** Something is not as it was expected; `current` is what it is. */
function conflict(method, field, value, message, current) {
  return Object.assign(about(new Error(message), 'ERR_CONFLICT', method, field, value), { current });
}

/** The connection was closed while a promise was waiting for something to happen on it. */
function closedMeanwhile(method, { message }) {
  return Object.assign(new TypeError(message), { code: 'ERR_INVALID_STATE', method });
}

module.exports = { about, closedMeanwhile, conflict, notJson, outOfRange, wrongType, wrongValue };
