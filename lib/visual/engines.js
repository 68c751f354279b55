'use strict';

// What a board on a PostgreSQL server does not have, since it is a file's: which options and methods, and what to use instead.

const addon = require('../native/addon.js');
const { stateOf } = require('./state.js');

/** What has all methods. */
const A_FILE = 'a file of SQLite (dbPath)';

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

/** Methods that ask the engine for something that another one is named after, and that are not there yet on a server. */
const NOT_YET = ['searchRuns'];

/** Refuses a method where the board is no file. */
function checkIsFile({ server, connection }, method, instead) {
  addon.checkOpen(connection);
  if (server) throw unsupported(method, 'it', instead);
}

/** Lets those of a board on a server refuse under their own names. */
function refuseWhatIsMissing(database) {
  for (const name of NOT_YET) {
    const refuse = (state) => checkIsFile(state, name, A_FILE);
    const value = function now() {
      return refuse(stateOf(this, name));
    };
    Object.defineProperty(database, name, { value, writable: true, configurable: true });
  }
  Object.defineProperty(database, 'db', { get: refuseDb, enumerable: true, configurable: true });
}

function refuseDb() {
  throw unsupported('db', 'the raw handle', 'a client such as pg');
}

module.exports = { A_FILE, FILES_ALONE, checkIsFile, refuseWhatIsMissing, unsupported };
