'use strict';

const { FILES_ALONE, checkIsFile } = require('./engines.js');
const { stateOf } = require('./state.js');

const INSTEAD = FILES_ALONE.backups;

/** Loaded when it is first used, so that a process starts sooner. */
const backups = () => require('../backup/backups.js');

/** The methods of VisualDatabase that make backups. */
const methods = {
  backup(path, options) {
    const state = stateOf(this, 'backup');
    checkIsFile(state, 'backup', INSTEAD);
    return backups().backup(this, path, options, state.strict);
  },

  backupSync(path, options) {
    const state = stateOf(this, 'backupSync');
    checkIsFile(state, 'backupSync', INSTEAD);
    return backups().backupSync(this, path, options, state.strict);
  },
};

/** Those that need no open database. */
const statics = {
  verifyBackup(path) {
    return backups().verifyBackup(path);
  },

  listBackups(folder) {
    return backups().listBackups(folder);
  },

  pruneBackups(folder, options) {
    return backups().pruneBackups(folder, options);
  },

  restore(backup, options) {
    return backups().restore(backup, options);
  },
};

/** Starts the option `backups` of a database. */
function startSchedule(database, schedule, logger) {
  const { BackupSchedule } = require('../backup/schedule.js');
  return new BackupSchedule(backups().fileOf(database), schedule, logger);
}

module.exports = { methods, statics, startSchedule };
