'use strict';

const addon = require('./addon.js');

const {
  BEGIN,
  BEGIN_DEFERRED,
  BEGIN_IMMEDIATE,
  BEGIN_EXCLUSIVE,
  COMMIT,
  ROLLBACK,
  SAVEPOINT,
  RELEASE,
  ROLLBACK_TO,
} = require('./controls.js');

/**
 * Runs `body` in a transaction, or in a savepoint where one is open already. If `body` throws, it is rolled back and the error rethrown.
 */
function within(connection, begin, body) {
  const nested = addon.inTransaction(connection);
  addon.control(connection, nested ? SAVEPOINT : begin);
  try {
    const result = body();
    if (result && typeof result.then === 'function') {
      throw new TypeError('Transaction function cannot return a promise');
    }
    addon.control(connection, nested ? RELEASE : COMMIT);
    return result;
  } catch (error) {
    // SQLite may have rolled back by itself (a full disk, say), or `body` may have ended the transaction or closed the connection.
    if (addon.inTransaction(connection)) {
      addon.control(connection, nested ? ROLLBACK_TO : ROLLBACK);
      if (nested) addon.control(connection, RELEASE);
    }
    throw error;
  }
}

/** better-sqlite3's `db.transaction(fn)`: a function that runs `fn` in a transaction, and its variants. */
function transaction(database, connection, fn) {
  if (typeof fn !== 'function') throw new TypeError('Expected first argument to be a function');
  addon.checkOpen(connection);
  const wrap = (begin) =>
    function sqliteTransaction(...args) {
      return within(connection, begin, () => Reflect.apply(fn, this, args));
    };
  const variants = {
    default: wrap(BEGIN),
    deferred: wrap(BEGIN_DEFERRED),
    immediate: wrap(BEGIN_IMMEDIATE),
    exclusive: wrap(BEGIN_EXCLUSIVE),
  };
  for (const variant of Object.values(variants)) {
    for (const [name, value] of Object.entries(variants)) Object.defineProperty(variant, name, { value });
    Object.defineProperty(variant, 'database', { value: database, enumerable: true });
  }
  return variants.default;
}

module.exports = { transaction, within, BEGIN, BEGIN_IMMEDIATE };
