'use strict';

// Versions of the schema, for the command line and the migration script. The addon does the work (src/engine/sqlite/schema); here
// arguments are checked and JSON becomes values and errors.

const path = require('node:path');

const { version } = require('../../package.json');
const { valueOf } = require('../backup/backups.js');
const native = require('../native/binary.js');

/** Where a file stands: `{ state, version, latest, reasons, migrations }`. Nothing is written. */
function status(dbPath) {
  return valueOf(native.schemaStatus(path.resolve(dbPath)));
}

/** What is wrong with a file, a sentence each; `[]` where all is well. Nothing is written. */
function verify(dbPath) {
  return valueOf(native.schemaVerify(path.resolve(dbPath)));
}

/** Migrates up, to the latest version or to `to`: `{ from, version, adopted, pinned, backup, … }`. */
function up(dbPath, to) {
  return valueOf(native.schemaUp(path.resolve(dbPath), version, checkVersion(to)));
}

/** Migrates down to version `to`. Opening leaves the file there, until `up`. */
function down(dbPath, to) {
  return valueOf(native.schemaDown(path.resolve(dbPath), version, checkVersion(to)));
}

/** The tables of counts that are not what the executions are: `[{ table, rows, example }]`. Reads every execution. */
function checkCounts(dbPath) {
  return valueOf(native.schemaCheckCounts(path.resolve(dbPath)));
}

/** Counts the executions anew. */
function rebuildCounts(dbPath) {
  valueOf(native.schemaRebuildCounts(path.resolve(dbPath)));
}

function checkVersion(to) {
  if (to === undefined) return undefined;
  if (typeof to !== 'number') throw new TypeError(`The version must be a number, got ${typeof to}`);
  if (!Number.isInteger(to) || to < 0 || to > 0xffff) throw new RangeError(`There is no version ${to} of the schema`);
  return to;
}

module.exports = { status, verify, up, down, checkCounts, rebuildCounts };
