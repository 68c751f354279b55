'use strict';

// Versions of the schema, for the command line and the migration script. The addon does the work (src/engine/sqlite/schema, of a board on a
// server src/engine/postgres/schema); here arguments are checked.

const path = require('node:path');

const { version } = require('../../package.json');
const addon = require('../native/addon.js');
const { ofThisRealm } = require('../native/realm.js');

/** The state of a file's schema: `{ state, version, latest, reasons, migrations }`. Nothing is written. */
function status(dbPath) {
  return ofThisRealm(addon.schemaStatus(addon.realm, path.resolve(dbPath)));
}

/** What is wrong with a file, a sentence each; `[]` where all is well. Nothing is written. */
function verify(dbPath) {
  return ofThisRealm(addon.schemaVerify(addon.realm, path.resolve(dbPath)));
}

/** Migrates up, to the latest version or to `to`: `{ from, version, adopted, pinned, backup, … }`. */
function up(dbPath, to) {
  return ofThisRealm(addon.schemaUp(addon.realm, path.resolve(dbPath), version, checkVersion(to)));
}

/** Migrates down to version `to`. Opening leaves the file at that version, until `up`. */
function down(dbPath, to) {
  return ofThisRealm(addon.schemaDown(addon.realm, path.resolve(dbPath), version, checkVersion(to)));
}

/** The tables of counts that differ from the executions: `[{ table, rows, example }]`. Reads every execution. */
function checkCounts(dbPath) {
  return ofThisRealm(addon.schemaCheckCounts(addon.realm, path.resolve(dbPath)));
}

/** Counts the executions again. */
function rebuildCounts(dbPath) {
  addon.schemaRebuildCounts(addon.realm, path.resolve(dbPath));
}

/**
 * The same of a board on a server, which is backed up by nobody before it is migrated: `{ name, status, verify, up, down }`. Its name is the URL
 * without the password. Opening refuses a board that was migrated down, until `up`.
 */
const onServer = ({ url, schema = 'visual_db' }) => ({
  name: addon.shownUrl(addon.realm, url),
  status: () => ofThisRealm(addon.serverSchemaStatus(addon.realm, url, schema)),
  verify: () => ofThisRealm(addon.serverSchemaVerify(addon.realm, url, schema)),
  up: (to) => ofThisRealm(addon.serverSchemaUp(addon.realm, url, schema, version, checkVersion(to))),
  down: (to) => ofThisRealm(addon.serverSchemaDown(addon.realm, url, schema, version, checkVersion(to))),
});

function checkVersion(to) {
  if (to === undefined) return undefined;
  if (typeof to !== 'number') throw new TypeError(`The version must be a number, got ${typeof to}`);
  if (!Number.isInteger(to) || to < 0 || to > 0xffff) throw new RangeError(`There is no version ${to} of the schema`);
  return to;
}

module.exports = { status, verify, up, down, onServer, checkCounts, rebuildCounts };
