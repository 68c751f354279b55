'use strict';

// `visual-db vacuum --convert`: an older file, which only a full VACUUM makes smaller, becomes one with incremental auto-vacuum, which
// gives room back in slices. The old content stays, as a verified backup, until the new file is verified.

const fs = require('node:fs');
const { confirm } = require('./ask.js');
const { print, printJson, progressBar, size } = require('./output.js');

/** About how many bytes are written in a second, reading and checking included. */
const SPEED = 40 * 1024 * 1024;

/** Converts a file; `vacuum` does the work on a thread of its own. */
async function convert(options, file, vacuum) {
  const { Database } = require('../index.js');
  const mode = look(Database, file, (database) => database.pragma('auto_vacuum', { simple: true }));
  const before = fs.statSync(file).size;
  if (mode === 2) {
    if (options.json) return printJson({ path: file, before, after: before, converted: false });
    return print(`${file}: it gives room back in slices already`);
  }
  const seconds = Math.max(Math.ceil(before / SPEED), 1);
  const room = before * 3;
  if (!options.json) {
    print(
      `${file}: ${size(before)}. A verified backup is made, then the file is rewritten and checked, and the backup removed.`,
    );
    print(`It takes about ${seconds} s, in which nobody else can write, and up to ${size(room)} of room meanwhile.`);
    print('Stopped at any moment, the file is as it was; the backup stays then.');
  }
  const { bavail, bsize } = fs.statfsSync(file);
  if (bavail * bsize < room)
    throw new Error(`${file}: it needs ${size(room)} of free space, there are ${size(bavail * bsize)}`);
  await confirm('Convert it?', options);
  const { createBackup } = require('../entry/parts').backups;
  const bar = progressBar(options);
  const backup = `${file}.before-convert`;
  try {
    await createBackup(file, { path: backup, progress: bar.progress });
    await vacuum(file, before, bar.progress, true);
    verify(Database, file, backup);
  } finally {
    bar.stop();
  }
  fs.rmSync(`${backup}.json`, { force: true });
  fs.rmSync(backup, { force: true });
  const after = fs.statSync(file).size;
  if (options.json) return printJson({ path: file, before, after, converted: true });
  print(`${file}: ${size(before)} before, ${size(after)} now; from now on pruning makes it smaller in slices`);
}

function look(Database, file, read) {
  const database = new Database(file, { readonly: true, fileMustExist: true });
  try {
    return read(database);
  } finally {
    database.close();
  }
}

/** Checks that every page and index of the new file is sound, and that no table has fewer rows than before. */
function verify(Database, file, backup) {
  const keeps = `the file of before is ${backup}: visual-db restore '${backup}'`;
  const found = look(Database, file, (database) => ({
    mode: database.pragma('auto_vacuum', { simple: true }),
    integrity: database.pragma('integrity_check(1)', { simple: true }),
    rows: rowsOf(database),
  }));
  if (found.integrity !== 'ok' || found.mode !== 2) throw new Error(`${file}: ${found.integrity}; ${keeps}`);
  const before = look(Database, backup, rowsOf);
  for (const [table, rows] of Object.entries(before)) {
    if (LOG.has(table) || (found.rows[table] ?? 0) >= rows) continue;
    throw new Error(`${file}: ${table} has ${found.rows[table]} rows, and had ${rows}; ${keeps}`);
  }
}

/** The tables of the log, which a vacuum compacts, and those derived from it: they may have fewer rows. */
const LOG = new Set(['changes', 'changes_spans', 'changes_unread', 'boards']);

function rowsOf(database) {
  const tables = database
    .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
    .pluck()
    .all();
  return Object.fromEntries(
    tables.map((table) => [
      table,
      database
        .prepare(`SELECT count(*) FROM "${table.replaceAll('"', '""')}"`)
        .pluck()
        .get(),
    ]),
  );
}

module.exports = { convert };
