import { expect } from 'vitest';
import { SqliteError } from './database.mjs';

/** What the call throws; a call that throws nothing is a failure. */
export function thrownBy(call) {
  try {
    call();
  } catch (error) {
    return error;
  }
  return expect.fail('nothing was thrown');
}

/** The call throws exactly this class with exactly these words (or words that match, where SQLite or V8 phrases them). */
export function expectRefusal(call, Class, message) {
  const error = thrownBy(call);
  expect(error).toBeInstanceOf(Class);
  expect(error.constructor).toBe(Class);
  if (message instanceof RegExp) expect(error.message).toMatch(message);
  else if (message !== undefined) expect(error.message).toBe(message);
  return error;
}

/** The call throws a SqliteError with this code. */
export function expectSqliteError(call, code, message) {
  const error = expectRefusal(call, SqliteError, message);
  expect(error.code).toBe(code);
  return error;
}

export const BUSY_CONNECTION = 'This database connection is busy executing a query';
export const BUSY_STATEMENT = 'This statement is busy executing a query';
export const NOT_OPEN = 'The database connection is not open';
