'use strict';

// VisualDatabase's backups: `backup`, `backupSync`, and the static `verifyBackup`, `listBackups`, `pruneBackups`,
// `restore`. The addon does the work (src/engine/sqlite/backup); here arguments are checked.

const { promisify } = require('node:util');
const addon = require('../native/addon.js');
const { ofThisRealm } = require('../native/realm.js');
const { waitFor } = require('../native/wait_for.js');
const { checkKeep } = require('./schedule.js');
const { FILES_ALONE, checkIsFile } = require('../visual/engines.js');
const { wrongType, wrongValue } = require('../visual/errors.js');
const knownKeys = require('../visual/known_keys.js');
const { stateOf } = require('../visual/state.js');

const turn = promisify(setImmediate);

/**
 * The caller's `progress` in the form that the addon calls. What it throws stops the work and is rethrown by `settle`; `settleLater`
 * does so for work on the thread pool, once all its steps have arrived.
 */
function watch(method, progress) {
  if (progress === undefined || progress === null)
    return { settle: (work) => ofThisRealm(work()), settleLater: waitFor };
  if (typeof progress !== 'function') {
    throw wrongType(method, 'progress', progress, `progress must be a function, got ${typeof progress}`);
  }
  const thrown = [];
  let ended = false;
  const rethrow = () => {
    if (thrown.length > 0) throw thrown[0];
  };
  return {
    watcher: (step) => {
      ended ||= step === null;
      if (ended || thrown.length > 0) return false;
      try {
        progress(ofThisRealm(step));
        return true;
      } catch (error) {
        thrown.push(error);
        return false;
      }
    },
    settle: (work) => {
      try {
        return ofThisRealm(work());
      } finally {
        rethrow();
      }
    },
    settleLater: async (promise) => {
      try {
        return await waitFor(promise);
      } finally {
        while (!ended) await turn();
        rethrow();
      }
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

/** The absolute path of an open database's file; undefined in memory. */
function fileOf(database, method) {
  checkIsFile(stateOf(database, method), method, FILES_ALONE.backups);
  return database.db.pragma('database_list').find(({ name }) => name === 'main').file || undefined;
}

async function backup(database, path, options = {}, strict = false) {
  knownKeys.backup.check(strict, 'backup', 'options', options);
  const { progress } = options;
  const dest = optionalPath(path, 'backup', 'path');
  const { watcher, settle, settleLater } = watch('backup', progress);
  const file = fileOf(database, 'backup');
  if (file === undefined) return backupMemory('backup', database, dest, watcher, settle);
  return settleLater(addon.backupCreate(addon.realm, file, dest, undefined, watcher));
}

function backupSync(database, path, options = {}, strict = false) {
  knownKeys.backup.check(strict, 'backupSync', 'options', options);
  const { progress } = options;
  const dest = optionalPath(path, 'backupSync', 'path');
  const { watcher, settle } = watch('backupSync', progress);
  const file = fileOf(database, 'backupSync');
  if (file === undefined) return backupMemory('backupSync', database, dest, watcher, settle);
  return settle(() => addon.backupCreateSync(addon.realm, file, dest, undefined, watcher));
}

/** Backs up a database in memory. No other connection can read that, so it is serialised and written at once. */
function backupMemory(method, database, dest, watcher, settle) {
  if (dest === undefined) {
    throw wrongType(method, 'path', dest, 'backup(path): a database in memory needs a path to be backed up to');
  }
  if (database.db.inTransaction) throw new TypeError('backup(path): finish the transaction first');
  return settle(() => addon.backupCreateFromBytes(addon.realm, database.db.serialize(), dest, watcher));
}

/** Backs up a file that isn't open here, for the command line. */
async function createBackup(file, { path, folder, progress } = {}) {
  const { watcher, settleLater } = watch('backup', progress);
  return settleLater(addon.backupCreate(addon.realm, file, path, folder, watcher));
}

function verifyBackup(path) {
  return ofThisRealm(addon.backupVerify(addon.realm, checkPath(path, 'verifyBackup', 'path')));
}

function listBackups(folder) {
  return ofThisRealm(addon.backupList(addon.realm, checkPath(folder, 'listBackups', 'folder')));
}

function pruneBackups(folder, options = {}) {
  knownKeys.pruneBackups.check(false, 'pruneBackups', 'options', options);
  const { dbPath, keep, dryRun = false } = options;
  checkPath(folder, 'pruneBackups', 'folder');
  const file = checkPath(dbPath || 'data/visual.db', 'pruneBackups', 'dbPath', 'dbPath');
  const kept = checkKeep('pruneBackups', keep);
  return ofThisRealm(addon.backupPrune(addon.realm, folder, file, kept, Boolean(dryRun)));
}

function restore(path, options = {}) {
  knownKeys.restore.check(false, 'restore', 'options', options);
  const { dbPath, progress } = options;
  checkPath(path, 'restore', 'backup');
  const file = checkPath(dbPath || 'data/visual.db', 'restore', 'dbPath', 'dbPath');
  const { watcher, settle } = watch('restore', progress);
  return settle(() => addon.backupRestore(addon.realm, path, file, watcher));
}

module.exports = {
  backup,
  backupSync,
  createBackup,
  fileOf,
  listBackups,
  pruneBackups,
  restore,
  verifyBackup,
};
