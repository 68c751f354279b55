'use strict';

// Errors as they cross between threads: with their class, and all that programs read from them.

const SqliteError = require('../native/sqlite_error.js');

const CLASSES = { TypeError, RangeError, SyntaxError, Error };

/** An error as a message. */
function told(error) {
  if (!(error instanceof Error)) return { value: clonable(error) };
  const { name, message, stack } = error;
  const facts = {};
  for (const [key, value] of Object.entries(error)) facts[key] = clonable(value);
  const hidden = Object.getOwnPropertyDescriptor(error, 'value');
  return {
    name: error instanceof SqliteError ? 'SqliteError' : name,
    message,
    stack,
    facts,
    ...(hidden !== undefined && !hidden.enumerable && { hidden: { value: clonable(hidden.value) } }),
    ...(error.cause !== undefined && { cause: told(error.cause) }),
  };
}

/** The error of a message. */
function heard({ name, message, stack, facts, hidden, cause, value }) {
  if (name === undefined) return value;
  const options = cause === undefined ? undefined : { cause: heard(cause) };
  const Class = CLASSES[name] ?? Error;
  const error = name === 'SqliteError' ? new SqliteError(message, facts.code) : new Class(message, options);
  if (name !== 'SqliteError' && !(name in CLASSES)) error.name = name;
  Object.assign(error, facts);
  if (hidden !== undefined)
    Object.defineProperty(error, 'value', { value: hidden.value, writable: true, configurable: true });
  // The stack of the other thread says most about where it happened.
  Object.defineProperty(error, 'stack', { value: stack, writable: true, configurable: true });
  return error;
}

/** A clone of a value, `undefined` where it can't be cloned. */
function clonable(value) {
  try {
    return structuredClone(value);
  } catch {
    return undefined;
  }
}

/** The error of a call on something that is over. */
const over = (method, message) => Object.assign(new TypeError(message), { code: 'ERR_INVALID_STATE', method });

module.exports = { heard, over, told };
