'use strict';

/** An error of SQLite's: `code` is the name of its extended result code, the message is SQLite's own. */
class SqliteError extends Error {
  /**
   * @param {string} message
   * @param {string} code such as `SQLITE_CONSTRAINT_UNIQUE`
   */
  constructor(message, code) {
    if (typeof code !== 'string') throw new TypeError('Expected second argument to be a string');
    super(`${message}`);
    this.code = code;
  }
}

Object.defineProperty(SqliteError.prototype, 'name', {
  value: 'SqliteError',
  writable: true,
  enumerable: false,
  configurable: true,
});

module.exports = SqliteError;
