'use strict';

// The option `backups` of VisualDatabase: backups at intervals for as long as the database is open.

const path = require('node:path');
const addon = require('../native/addon.js');
const { ofThisRealm } = require('../native/realm.js');
const { millisecondsOf } = require('../visual/durations.js');
const { outOfRange, wrongType, wrongValue } = require('../visual/errors.js');
const knownKeys = require('../visual/known_keys.js');

const KEEP = { hourly: 24, daily: 7, weekly: 4, monthly: 12 };
/** The longest delay of a timer. */
const MAX_TIMEOUT = 2 ** 31 - 1;
/** After a failure the next attempt comes at the latest after this. */
const RETRY = 15 * 60_000;

/** The milliseconds that '90s', '30m', '1h', '1d', '1w' or a number say. */
function checkEvery(method, every = '1h') {
  const field = 'backups.every';
  const said = millisecondsOf(every);
  if (typeof every !== 'number' && said === undefined) {
    const refused = typeof every === 'string' ? wrongValue : wrongType;
    const must = `must be milliseconds or a text such as '30m' or '1h', got ${String(every)}`;
    throw refused(method, field, every, `${field} ${must}`);
  }
  const milliseconds = typeof every === 'number' ? every : said;
  if (!(milliseconds >= 1000) || !Number.isFinite(milliseconds)) {
    throw outOfRange(method, field, every, `${field} must be at least a second, got ${every}`);
  }
  return milliseconds;
}

/** Checks how many hours, days, weeks and months keep a backup; a period that is not named keeps none. */
function checkKeep(method, keep = KEEP, field = 'keep') {
  if (typeof keep !== 'object' || keep === null || Array.isArray(keep)) {
    const must = `must be an object such as { daily: 7, weekly: 4 }, got ${String(keep)}`;
    throw wrongType(method, field, keep, `keep ${must}`);
  }
  // Also without `strict`: a misspelled period would delete the backups that it was to keep.
  knownKeys.keep.check(true, method, field, keep);
  for (const [period, count] of Object.entries(keep)) {
    if (!Number.isInteger(count) || count < 0 || count > 0xffff_ffff) {
      const message = `keep.${period} must be a non-negative integer, got ${String(count)}`;
      throw outOfRange(method, `${field}.${period}`, count, message);
    }
  }
  if (!Object.values(keep).some((count) => count > 0)) {
    const must = 'must keep something: at least one of hourly, daily, weekly, monthly above 0';
    throw outOfRange(method, field, keep, `keep ${must}`);
  }
  return keep;
}

/** Checks the option `backups`, before anything is opened. */
function checkBackups(method, backups) {
  if (typeof backups !== 'object') {
    const must = `must be an object such as { every: '1h' }, got ${typeof backups}`;
    throw wrongType(method, 'backups', backups, `backups ${must}`);
  }
  const { folder, every, keep } = backups;
  if (folder !== undefined && (typeof folder !== 'string' || folder === '' || folder.includes('\0'))) {
    const refused = typeof folder === 'string' ? wrongValue : wrongType;
    throw refused(method, 'backups.folder', folder, `backups.folder must be a path, got ${JSON.stringify(folder)}`);
  }
  return {
    folder: folder && path.resolve(folder),
    every: checkEvery(method, every),
    keep: checkKeep(method, keep, 'backups.keep'),
  };
}

/** A database in memory has no file that could be read beside it. */
function checkNoBackups(method, backups) {
  checkBackups(method, backups);
  throw wrongValue(method, 'backups', backups, 'backups: a database in memory has no backups at intervals');
}

class BackupSchedule {
  #file;
  #options;
  #logger;
  #timer;
  #stopped = false;

  /** Starts at once: the next turn of the event loop checks whether a backup is due. */
  constructor(file, options, logger) {
    this.#file = file;
    this.#options = options;
    this.#logger = logger;
    this.#lookIn(0);
  }

  /** The folder for the backups; `undefined` is the one beside the file. */
  get folder() {
    return this.#options.folder;
  }

  /** Stops the schedule; a backup that has begun is finished nevertheless. */
  stop() {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  #lookIn(milliseconds) {
    if (this.#stopped) return;
    // The timer doesn't hold the process open; a backup that has begun does.
    this.#timer = setTimeout(() => this.#look(), Math.min(milliseconds, MAX_TIMEOUT)).unref();
  }

  async #look() {
    const { folder, every, keep } = this.#options;
    try {
      const ran = await addon.backupRunIfDue(addon.realm, this.#file, folder, every, keep);
      const { made, removed, dueIn } = ofThisRealm(ran);
      if (made) this.#log('info', '[VisualDB] Backup created', { path: made.path, bytes: made.bytes });
      if (removed.length > 0) this.#log('info', '[VisualDB] Backups pruned', { removed });
      this.#lookIn(dueIn);
    } catch (error) {
      this.#log('error', '[VisualDB] Backup failed', { error: error.message });
      this.#lookIn(Math.min(every, RETRY));
    }
  }

  /** A logger that throws changes nothing. */
  #log(level, message, fields) {
    try {
      this.#logger?.[level]?.(message, fields);
    } catch {}
  }
}

module.exports = { BackupSchedule, checkBackups, checkKeep, checkNoBackups };
