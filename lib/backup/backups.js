'use strict';

// VisualDatabase's backups: `backup`, `backupSync`, and the static `verifyBackup`, `listBackups`, `pruneBackups`,
// `restore`. The addon does the work (src/engine/sqlite/backup); here arguments are checked and JSON becomes values and errors.

const { promisify } = require('node:util');
const native = require('../native/binary.js');
const { checkKeep } = require('./schedule.js');
const { wrongType, wrongValue } = require('../visual/errors.js');
const knownKeys = require('../visual/known_keys.js');
const SqliteError = require('../native/sqlite_error.js');

const turn = promisify(setImmediate);

const ERRORS = { TypeError, RangeError, Error };

/** The value that the addon answered, or its error. */
function valueOf(outcome) {
  const { value, error } = JSON.parse(outcome);
  if (!error) return value;
  if (error.type === 'SqliteError') throw new SqliteError(error.message, error.code);
  const thrown = new ERRORS[error.type](error.message);
  throw error.code ? Object.assign(thrown, { code: error.code }) : thrown;
}

/**
 * The caller's `progress` as the addon calls it. What it throws stops the work, and `settle` throws it on; `settleAll`
 * does so for work on the thread pool, once all its steps have arrived.
 */
function watch(method, progress) {
  if (progress === undefined || progress === null)
    return { settle: valueOf, settleAll: (done) => valueOf(done.outcome) };
  if (typeof progress !== 'function') {
    throw wrongType(method, 'progress', progress, `progress must be a function, got ${typeof progress}`);
  }
  const thrown = [];
  let seen = 0;
  const settle = (outcome) => {
    if (thrown.length > 0) throw thrown[0];
    return valueOf(outcome);
  };
  return {
    watcher: (step) => {
      seen += 1;
      if (thrown.length > 0) return false;
      try {
        progress(JSON.parse(step));
        return true;
      } catch (error) {
        thrown.push(error);
        return false;
      }
    },
    settle,
    settleAll: async ({ outcome, steps }) => {
      while (seen < steps) await turn();
      return settle(outcome);
    },
  };
}

function checkPath(value, method, field, name = `${method}(${field})`) {
  if (typeof value !== 'string') {
    throw wrongType(method, field, value, `${name} must be a string, got ${typeof value}`);
  }
  if (value === '' || value.includes('\0')) {
    throw wrongValue(method, field, value, `${name} must be a path, got ${JSON.stringify(value)}`);
  }
  return value;
}

const optionalPath = (value, ...names) =>
  value === undefined || value === null ? undefined : checkPath(value, ...names);

/** The file behind an open database, absolute; undefined in memory. */
const fileOf = (database) => database.db.pragma('database_list').find(({ name }) => name === 'main').file || undefined;

async function backup(database, path, options = {}, strict = false) {
  knownKeys.backup.check(strict, 'backup', 'options', options);
  const { progress } = options;
  const dest = optionalPath(path, 'backup', 'path');
  const { watcher, settle, settleAll } = watch('backup', progress);
  const file = fileOf(database);
  if (file === undefined) return backupMemory('backup', database, dest, watcher, settle);
  return settleAll(await native.backupCreate(file, dest, undefined, watcher));
}

function backupSync(database, path, options = {}, strict = false) {
  knownKeys.backup.check(strict, 'backupSync', 'options', options);
  const { progress } = options;
  const dest = optionalPath(path, 'backupSync', 'path');
  const { watcher, settle } = watch('backupSync', progress);
  const file = fileOf(database);
  if (file === undefined) return backupMemory('backupSync', database, dest, watcher, settle);
  return settle(native.backupCreateSync(file, dest, undefined, watcher));
}

/** No other connection can read a database in memory: it is copied through a serialised one, in one go. */
function backupMemory(method, database, dest, watcher, settle) {
  if (dest === undefined) {
    throw wrongType(method, 'path', dest, 'backup(path): a database in memory needs a path to be backed up to');
  }
  if (database.db.inTransaction) throw new TypeError('backup(path): finish the transaction first');
  return settle(native.backupCreateFromBytes(database.db.serialize(), dest, watcher));
}

/** A backup of a file that isn't open here: the command line's. */
async function createBackup(file, { path, folder, progress } = {}) {
  const { watcher, settleAll } = watch('backup', progress);
  return settleAll(await native.backupCreate(file, path, folder, watcher));
}

function verifyBackup(path) {
  return valueOf(native.backupVerify(checkPath(path, 'verifyBackup', 'path')));
}

function listBackups(folder) {
  return valueOf(native.backupList(checkPath(folder, 'listBackups', 'folder')));
}

function pruneBackups(folder, options = {}) {
  knownKeys.pruneBackups.check(false, 'pruneBackups', 'options', options);
  const { dbPath, keep, dryRun = false } = options;
  checkPath(folder, 'pruneBackups', 'folder');
  const file = checkPath(dbPath || 'data/visual.db', 'pruneBackups', 'dbPath', 'dbPath');
  return valueOf(native.backupPrune(folder, file, JSON.stringify(checkKeep('pruneBackups', keep)), Boolean(dryRun)));
}

function restore(path, options = {}) {
  knownKeys.restore.check(false, 'restore', 'options', options);
  const { dbPath, progress } = options;
  checkPath(path, 'restore', 'backup');
  const file = checkPath(dbPath || 'data/visual.db', 'restore', 'dbPath', 'dbPath');
  const { watcher, settle } = watch('restore', progress);
  return settle(native.backupRestore(path, file, watcher));
}

module.exports = {
  backup,
  backupSync,
  createBackup,
  fileOf,
  listBackups,
  pruneBackups,
  restore,
  valueOf,
  verifyBackup,
};
