'use strict';

// What a board on a PostgreSQL server does not have, since it is a file's: which options and methods, and what to use instead.

const addon = require('../native/addon.js');

/** Options. */
const FILES_ALONE = {
  synchronous: 'the setting synchronous_commit of the server or of the role',
  mode: 'the rights of the role',
  backups: 'pg_dump, or the archiving of the write-ahead log',
};

/** Refuses something that the engine has not got. */
function unsupported(method, what, instead) {
  const error = new Error(`${method}: ${what} is not available on PostgreSQL: use ${instead} for it`);
  return Object.assign(error, { code: 'ERR_ENGINE_UNSUPPORTED', method });
}

/** Refuses a method where the board is no file. */
function checkIsFile({ server, connection }, method, instead) {
  addon.checkOpen(connection);
  if (server) throw unsupported(method, 'it', instead);
}

/** Lets a board on a server say what there is instead of the handle that a file's has. */
function withoutHandle(database) {
  Object.defineProperty(database, 'db', { get: refuseDb, enumerable: true, configurable: true });
}

function refuseDb() {
  throw unsupported('db', 'the raw handle', 'a client such as pg');
}

module.exports = { FILES_ALONE, checkIsFile, unsupported, withoutHandle };
