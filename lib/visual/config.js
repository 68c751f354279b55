'use strict';

const path = require('node:path');

const { version } = require('../../package.json');
const { FILES_ALONE, unsupported } = require('./engines.js');
const { outOfRange, wrongType, wrongValue } = require('./errors.js');
const knownKeys = require('./known_keys.js');

/** The name of the method in errors. */
const METHOD = 'VisualDatabase';
const DEFAULT_PATH = path.join('data', 'visual.db');
/** The latest time of a Date. */
const LAST_TIME = 8.64e15;
const DEFAULT_CACHE_SIZE = 16 * 1024 * 1024;
const DEFAULT_OUTPUT_BYTES = 8 * 1024 * 1024;
const DEFAULT_SCHEMA = 'visual_db';
/** The beginning of a server's URL. */
const SERVER = /^postgres(ql)?:\/\//;

/**
 * The config of `new VisualDatabase(config)`, checked and with its defaults. `native` has the arguments of `addon.openVisual` after the
 * path, or those of `addon.openPostgres` after the URL and the schema, which `server` has then.
 */
function openConfig(config) {
  if (typeof config === 'string') config = SERVER.test(config) ? { url: config } : { dbPath: config };
  config ??= {};
  if (typeof config !== 'object') throw refused('config', 'an object or a path', config);
  const strict = boolean(config, 'strict', false);
  knownKeys.options.check(strict, METHOD, 'options', config);
  const server = serverOf(config);
  const dbPath = config.dbPath || DEFAULT_PATH;
  if (typeof dbPath !== 'string') throw refused('dbPath', 'a string', dbPath);
  if (SERVER.test(dbPath))
    throw wrongValue(METHOD, 'dbPath', undefined, `${METHOD}: dbPath is a file: a server is given as url`);
  if (dbPath.includes('\0')) throw refused('dbPath', 'a path without NUL', dbPath, wrongValue);
  const readonly = boolean(config, 'readonly', false);
  const fileMustExist = boolean(config, 'fileMustExist', false);
  const timeout = config.timeout ?? 5000;
  if (typeof timeout !== 'number') throw refused('timeout', 'a number of milliseconds', timeout);
  if (!Number.isInteger(timeout) || timeout < 0 || timeout > 0x7fffffff) {
    throw beyond('timeout', 'an integer from 0 to 2147483647', timeout);
  }
  const synchronous = config.synchronous ?? 'normal';
  if (synchronous !== 'normal' && synchronous !== 'full') {
    throw refused('synchronous', "'normal' or 'full'", synchronous, wrongValue);
  }
  const mode = config.mode ?? 0o600;
  if (typeof mode !== 'number') throw refused('mode', 'a number', mode);
  if (!Number.isInteger(mode) || mode < 0 || mode > 0o777) {
    throw beyond('mode', 'an integer from 0 to 0o777', mode);
  }
  const cacheSize = config.cacheSize ?? DEFAULT_CACHE_SIZE;
  if (typeof cacheSize !== 'number') throw refused('cacheSize', 'a number of bytes', cacheSize);
  if (!Number.isInteger(cacheSize) || cacheSize < 0) {
    throw beyond('cacheSize', 'a non-negative integer', cacheSize);
  }
  const maxOutputBytes = config.maxOutputBytes ?? DEFAULT_OUTPUT_BYTES;
  if (typeof maxOutputBytes !== 'number') throw refused('maxOutputBytes', 'a number of bytes', maxOutputBytes);
  if (!Number.isSafeInteger(maxOutputBytes) || maxOutputBytes < 0) {
    throw beyond('maxOutputBytes', 'a non-negative integer', maxOutputBytes);
  }
  const migrate = boolean(config, 'migrate', true);
  const { clock } = config;
  const hasClock = clock !== undefined && clock !== null;
  const memory = dbPath === ':memory:';
  if (server !== null) {
    return {
      server,
      readonly,
      strict,
      cacheSize,
      maxOutputBytes,
      logger: loggerOf(config.logger),
      clock: clockOf(clock),
      onQuery: functionOf(config, 'onQuery'),
      retention: readonly ? null : retention(config.retention),
      native: [readonly, fileMustExist, timeout, migrate, version, hasClock],
    };
  }
  if (memory && readonly) {
    throw wrongValue(METHOD, 'readonly', readonly, `${METHOD}: a database in memory cannot be readonly`);
  }
  return {
    server,
    name: dbPath,
    path: memory ? dbPath : path.resolve(dbPath),
    readonly,
    strict,
    cacheSize,
    maxOutputBytes,
    logger: loggerOf(config.logger),
    clock: clockOf(clock),
    onQuery: functionOf(config, 'onQuery'),
    retention: readonly ? null : retention(config.retention),
    schedule: scheduleOf(config.backups, memory, strict),
    native: [readonly, fileMustExist, timeout, synchronous === 'full', mode, migrate, version, hasClock],
  };
}

/** The server that was given, `null` for none; options for files alone are refused with it. */
function serverOf(config) {
  const { url, schema } = config;
  if (url === undefined || url === null) return null;
  // The value itself is never shown: there may be a password in it.
  if (typeof url !== 'string') throw refused('url', 'a string', url);
  if (config.dbPath) {
    throw wrongValue(METHOD, 'url', undefined, `${METHOD}: either url or dbPath is given, not both`);
  }
  for (const [key, instead] of Object.entries(FILES_ALONE)) {
    if (config[key] !== undefined && config[key] !== null && config[key] !== false) {
      throw unsupported(METHOD, `the option ${key}`, instead);
    }
  }
  const named = schema ?? DEFAULT_SCHEMA;
  if (typeof named !== 'string') throw refused('schema', 'a string', named);
  return { url, schema: named };
}

function boolean(config, key, standard) {
  const value = config[key] ?? standard;
  if (typeof value !== 'boolean') throw refused(key, 'a boolean', value);
  return value;
}

function functionOf(config, key) {
  const value = config[key] ?? null;
  if (value !== null && typeof value !== 'function') throw refused(key, 'a function', value);
  return value;
}

function scheduleOf(backups, memory, strict) {
  if (backups === undefined || backups === null || backups === false) return undefined;
  if (typeof backups === 'object') knownKeys.backups.check(strict, METHOD, 'backups', backups);
  const { checkBackups, checkNoBackups } = require('../backup/schedule.js');
  return memory ? checkNoBackups(METHOD, backups) : checkBackups(METHOD, backups);
}

function retention(given) {
  // Refused without `strict`, too: what a misspelled key was to keep would be pruned, or kept for good.
  if (typeof given === 'object' && given !== null) knownKeys.retention.check(true, METHOD, 'retention', given);
  return require('./retention.js').retentionOf(METHOD, given);
}

function loggerOf(logger) {
  if (logger === undefined || logger === null) return null;
  if (typeof logger.info !== 'function' || typeof logger.error !== 'function') {
    throw refused('logger', 'an object with the functions info and error', logger);
  }
  return logger;
}

/** The clock for times that are written, in milliseconds. `Date.now` is looked up at each call, since tests replace it. */
function clockOf(clock) {
  if (clock === undefined || clock === null) return () => Date.now();
  if (typeof clock !== 'function') throw refused('clock', 'a function', clock);
  return () => {
    const now = clock();
    if (typeof now !== 'number') throw refused('clock', 'a function that gives milliseconds', now);
    if (!(Math.abs(now) <= LAST_TIME)) throw beyond('clock', 'a function that gives a time', now);
    return Math.floor(now);
  };
}

function refused(key, must, value, error = wrongType) {
  const shown = typeof value === 'string' ? JSON.stringify(value) : typeof value;
  return error(METHOD, key, value, `${METHOD}: ${key} must be ${must}, got ${shown}`);
}

function beyond(key, must, value) {
  return outOfRange(METHOD, key, value, `${METHOD}: ${key} must be ${must}, got ${value}`);
}

module.exports = { openConfig };
