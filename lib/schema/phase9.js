'use strict';

// The Phase 9 set-up: the schema and the four default zones. `run`, `verify` and `rollback` return what they did or found;
// scripts/migrate_to_phase9.js and the command line print it.

const fs = require('node:fs');
const path = require('node:path');

const zones = require('../../schema/default_zones.json');
const { listBackups, restore } = require('../backup/backups.js');
const Database = require('../raw/database.js').Database;
const schema = require('./versions.js');
const VisualDatabase = require('../visual/visual_database.js');

/** The label at the end of the names of backups that `run` makes. */
const LABEL = 'before-phase9';
/** The time in a backup's name, between the database's name and the label. */
const TIME = /-\d{4}-\d{2}-\d{2}T[\d.-]+Z-?/;
const TABLES = { worktrees: 'id', zones: 'id', worktree_zones: 'worktree_id', zone_executions: 'id' };
/** How many of the rows that a rollback removed are named. */
const NAMED = 10;

/**
 * Brings the file to the schema that the package needs and creates the default zones that it lacks. Existing zones are left as they are.
 * Where nothing has to be done, no backup is made either.
 */
function run(dbPath) {
  const file = path.resolve(dbPath);
  const before = fs.existsSync(file) ? schema.status(file) : { state: 'empty', version: 0 };
  let backup = null;
  if (before.state === 'empty') new VisualDatabase({ dbPath: file }).close();
  else if (before.state !== 'current') ({ backup } = schema.up(file));
  const db = new VisualDatabase({ dbPath: file, migrate: false });
  try {
    const missing = () => zones.filter(({ id }) => db.getZone(id) === null);
    if (before.state === 'current' && missing().length > 0) backup = db.backupSync(backupName(file)).path;
    // The same time for all, so that they are listed in their order.
    const createdAt = new Date().toISOString();
    const created = db.transaction(() => missing().map((zone) => db.createZone({ ...zone, createdAt }).id));
    return { path: file, before, version: schema.status(file).version, backup, created, kept: zoneIds(created) };
  } finally {
    db.close();
  }
}

/** What differs from what `run` leaves, a sentence each, and the row counts of the tables. Nothing is written. */
function verify(dbPath) {
  const file = path.resolve(dbPath);
  if (!fs.existsSync(file)) return { path: file, problems: ['there is no such database: run the migration'] };
  const problems = schema.verify(file);
  if (!readable(file)) return { path: file, problems };
  const db = new VisualDatabase({ dbPath: file, readonly: true });
  try {
    for (const { id, name } of zones) {
      if (db.getZone(id) === null) problems.push(`the default zone ${name} (${id}) is missing: run the migration`);
    }
    problems.push(...damage(db));
    return { path: file, problems, stats: db.getStats() };
  } finally {
    db.close();
  }
}

/**
 * Restores the file as it was before the latest migration, from the backup made then. What is replaced stays in a safety
 * copy; `lost` says which rows are only in the copy, since they were written or changed later.
 */
function rollback(dbPath) {
  const file = path.resolve(dbPath);
  const backup = latestBackup(file);
  if (backup === undefined) {
    throw Object.assign(new Error(`${file}: there is no backup of a migration in ${folderOf(file)} to go back to`), {
      code: 'ERR_BACKUP_MISSING',
    });
  }
  const restored = restore(backup.path, { dbPath: file });
  return { ...restored, createdAt: backup.createdAt, lost: restored.safety ? onlyIn(restored.safety, file) : [] };
}

/** The backup that `rollback` goes back to, or undefined. */
function latestBackup(dbPath) {
  const file = path.resolve(dbPath);
  return listBackups(folderOf(file)).find(({ path: backup, kind, problem }) => {
    const [stem, label] = path.parse(backup).name.split(TIME);
    return !problem && stem === path.parse(file).name && (kind === 'migration' || label === LABEL);
  });
}

const zoneIds = (without) => zones.map(({ id }) => id).filter((id) => !without.includes(id));

const folderOf = (file) => path.join(path.dirname(file), 'backups');

function backupName(file) {
  const time = new Date().toISOString().replaceAll(':', '-');
  return path.join(folderOf(file), `${path.parse(file).name}-${time}-${LABEL}.db`);
}

const readable = (file) => ['current', 'older', 'pinned', 'javascript-layer'].includes(schema.status(file).state);

function damage(db) {
  const found = db.db.pragma('quick_check(10)', { simple: false }).map((row) => Object.values(row)[0]);
  return found.length === 1 && found[0] === 'ok' ? [] : found.map((text) => `the file is damaged: ${text}`);
}

/** The rows of the copy that the file lacks or has with other values: `{ table, rows, keys }` for each table with any. */
function onlyIn(copy, file) {
  const db = new Database(copy, { readonly: true });
  try {
    db.prepare('ATTACH ? AS restored').run(file);
    return Object.entries(TABLES).flatMap(([table, key]) => {
      if (!has(db, 'main', table)) return [];
      const sql = `SELECT ${key} FROM main.${table} AS copied ${has(db, 'restored', table) ? unlike(db, table, key) : ''}`;
      const rows = db.prepare(`SELECT count(*) FROM (${sql})`).pluck().get();
      const keys = db.prepare(`${sql} ORDER BY ${key} LIMIT ${NAMED}`).pluck().all();
      return rows === 0 ? [] : [{ table, rows, keys }];
    });
  } finally {
    db.close();
  }
}

/** The condition for such rows: it compares keys first, so that a long history is read once. */
function unlike(db, table, key) {
  const columns = db.pragma(`main.table_info(${table})`).map(({ name }) => name);
  const same = columns.map((name) => `kept.${name} IS copied.${name}`).join(' AND ');
  return `WHERE NOT EXISTS (SELECT 1 FROM restored.${table} AS kept WHERE kept.${key} = copied.${key} AND ${same})`;
}

const has = (db, name, table) =>
  db.prepare(`SELECT 1 FROM ${name}.sqlite_schema WHERE type = 'table' AND name = ?`).get(table) !== undefined;

module.exports = { run, verify, rollback, latestBackup };
