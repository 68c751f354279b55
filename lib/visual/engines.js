'use strict';

// Options and methods for files alone, which a board on a PostgreSQL server does not have, and what to use instead.

const addon = require('../native/addon.js');

/** The options, with what to use instead. */
const FILES_ALONE = {
  synchronous: 'the setting synchronous_commit of the server or of the role',
  mode: 'the rights of the role',
  backups: 'pg_dump, or the archiving of the write-ahead log',
};

/** The error for something that the engine doesn't have. */
function unsupported(method, what, instead) {
  const error = new Error(`${method}: ${what} is not available on PostgreSQL: use ${instead} for it`);
  return Object.assign(error, { code: 'ERR_ENGINE_UNSUPPORTED', method });
}

/** Refuses a method where the board is not in a file. */
function checkIsFile({ server, connection }, method, instead) {
  addon.checkOpen(connection);
  if (server) throw unsupported(method, 'it', instead);
}

/** Gives a board on a server a `db` that throws and says what to use instead of the raw handle. */
function withoutHandle(database) {
  Object.defineProperty(database, 'db', { get: refuseDb, enumerable: true, configurable: true });
}

function refuseDb() {
  throw unsupported('db', 'the raw handle', 'a client such as pg');
}

module.exports = { FILES_ALONE, checkIsFile, unsupported, withoutHandle };
