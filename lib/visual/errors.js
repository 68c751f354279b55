'use strict';

// Errors with properties that programs can test, beside class and message: `code`, `method`, `field` and `value`. The addon's errors
// have them from src/binding/js/facts.rs; here are the errors that only JavaScript can find.

/** Adds the properties. Printing an error does not show `value`, which may be long or private. */
function about(error, code, method, field, value) {
  // Without the element of a bulk call, which programs read from `index`.
  Object.assign(error, { code, method, field: `${field}`.replace(/^\w+\[\d+\]\./, '').replace(/\[\d+\]$/, '') });
  return Object.defineProperty(error, 'value', { value, writable: true, configurable: true });
}

/** The error for a value of a wrong kind. */
function wrongType(method, field, value, message) {
  return about(new TypeError(message), 'ERR_INVALID_ARG_TYPE', method, field, value);
}

/** The error for a wrong value of the right kind. */
function wrongValue(method, field, value, message, options) {
  return about(new TypeError(message, options), 'ERR_INVALID_ARG_VALUE', method, field, value);
}

/** The error for a number that is too large, too small or not an integer. */
function outOfRange(method, field, value, message) {
  return about(new RangeError(message), 'ERR_OUT_OF_RANGE', method, field, value);
}

/**
 * The error for what `JSON.stringify` threw: its message, after the field's name. What the caller's `toJSON` or getter throws stays as it
 * is.
 */
function notJson(method, field, value, error) {
  if (!(error instanceof TypeError) || !/BigInt|circular|cyclic/i.test(error.message)) return error;
  return wrongValue(method, field, value, `${method}: ${field}: ${error.message}`, { cause: error });
}

/** The error where something is not as the caller expected; `current` is what it is now. */
function conflict(method, field, value, message, current) {
  return Object.assign(about(new Error(message), 'ERR_CONFLICT', method, field, value), { current });
}

/** The error of a promise whose connection was closed while it was pending. */
function closedMeanwhile(method, { message }) {
  return Object.assign(new TypeError(message), { code: 'ERR_INVALID_STATE', method });
}

module.exports = { about, closedMeanwhile, conflict, notJson, outOfRange, wrongType, wrongValue };
