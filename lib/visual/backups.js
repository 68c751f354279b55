'use strict';

const { stateOf } = require('./state.js');

/** Loaded at the first use, so that a process starts sooner. */
const backups = () => require('../backup/backups.js');

/** The methods of VisualDatabase that make backups. */
const methods = {
  backup(path, options) {
    return backups().backup(this, path, options, stateOf(this, 'backup').strict);
  },

  backupSync(path, options) {
    return backups().backupSync(this, path, options, stateOf(this, 'backupSync').strict);
  },
};

/** The static methods, which need no open database. */
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

/** Starts the backups at intervals that the option `backups` asks for. */
function startSchedule(database, schedule, logger) {
  const { BackupSchedule } = require('../backup/schedule.js');
  return new BackupSchedule(backups().fileOf(database, 'backups'), schedule, logger);
}

module.exports = { methods, statics, startSchedule };
