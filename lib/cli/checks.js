'use strict';

// What `doctor` checks. Each check returns `{ state, finding, advice }`: fine ('ok'), worth knowing ('note'), or
// something to mend ('problem'). A check that throws has found a problem.

const fs = require('node:fs');
const path = require('node:path');
const { many, size } = require('./output.js');

const ok = (finding) => ({ state: 'ok', finding });
const note = (finding, advice) => ({ state: 'note', finding, advice });
const problem = (finding, advice) => ({ state: 'problem', finding, advice });

const MIB = 2 ** 20;

/** File systems on which locks between machines can't be trusted, by the type that `statfs` gives. */
const SHARED = new Map([
  [0x6969, 'NFS'],
  [0x517b, 'SMB'],
  [0xfe534d42, 'SMB2'],
  [0xff534d42, 'CIFS'],
  [0x01021997, '9P (WSL or a virtual machine share)'],
  [0x786f4256, 'VirtualBox share'],
  [0x65735546, 'FUSE'],
]);

function permissions({ file }) {
  const { mode } = fs.statSync(file);
  fs.accessSync(file, fs.constants.R_OK | fs.constants.W_OK);
  fs.accessSync(path.dirname(file), fs.constants.W_OK);
  if (process.platform === 'win32') return ok('readable and writable');
  const octal = `0${(mode & 0o777).toString(8)}`;
  if ((mode & 0o077) === 0) return ok(`${octal}: for its owner alone`);
  return problem(`${octal}: others than the owner can get at the prompts and results`, `chmod 600 '${file}'`);
}

function fileSystem({ file }) {
  const { type, bavail, bsize } = fs.statfsSync(file);
  const free = bavail * bsize;
  const kind = SHARED.get(type);
  if (kind) return problem(`${kind}: its locks are not to be trusted`, 'move the database to a local disk');
  const needed = fs.statSync(file).size * 2;
  if (free < needed)
    return problem(`local, ${size(free)} free`, 'make room: a backup and a vacuum need about twice the size');
  return ok(`local, ${size(free)} free`);
}

function fileSize({ file, database }) {
  const pages = database.pragma('page_count', { simple: true });
  const pageSize = database.pragma('page_size', { simple: true });
  return ok(`${size(fs.statSync(file).size)}: ${many(pages, 'page')} of ${many(pageSize, 'byte')}`);
}

function writeAheadLog({ file }) {
  const bytes = fs.statSync(`${file}-wal`, { throwIfNoEntry: false })?.size ?? 0;
  if (bytes < 64 * MIB) return ok(bytes === 0 ? 'empty' : size(bytes));
  return problem(
    `${size(bytes)}: it grows while somebody keeps reading an old state`,
    'look for a process with a transaction or an iterator that never ends; when it is gone, the log shrinks',
  );
}

function journalMode({ database }) {
  const mode = database.pragma('journal_mode', { simple: true });
  if (mode === 'wal') return ok('wal');
  return problem(
    `${mode}: readers and writers wait for each other`,
    'open it once with VisualDatabase, which sets it to wal',
  );
}

function freePages({ database }) {
  const free = database.pragma('freelist_count', { simple: true });
  const bytes = free * database.pragma('page_size', { simple: true });
  const share = free / Math.max(database.pragma('page_count', { simple: true }), 1);
  const finding = `${many(free, 'page')} (${size(bytes)}, ${Math.round(share * 100)} %)`;
  if (share > 0.25 && bytes > MIB) return problem(finding, 'npx --no -- visual-db vacuum');
  return ok(finding);
}

function integrity({ database }) {
  const found = database.pragma('integrity_check(10)').map((row) => row.integrity_check);
  if (found.length === 1 && found[0] === 'ok') return ok('every page and index is sound');
  return problem(found.join('; '), 'npx --no -- visual-db restore latest (it keeps a copy of what is there)');
}

function foreignKeys({ database }) {
  const found = database.pragma('foreign_key_check');
  if (found.length === 0) return ok('every reference leads to a row');
  const tables = [...new Set(found.map((row) => row.table))].join(', ');
  return problem(
    `${many(found.length, 'row')} of ${tables} refer to rows that do not exist`,
    'delete them: SQLite names them by PRAGMA foreign_key_check; they come from writers with foreign keys off',
  );
}

function sqliteVersion({ database }) {
  return ok(database.prepare('SELECT sqlite_version()').pluck().get());
}

function backups({ file }) {
  const { listBackups } = require('../entry/parts').backups;
  const folder = path.join(path.dirname(file), 'backups');
  const newest = listBackups(folder).find(({ kind }) => kind === 'backup');
  if (!newest)
    return note(`none in ${folder}`, 'npx --no -- visual-db backup, or the option `backups` (docs/operations.md)');
  const days = (Date.now() - Date.parse(newest.createdAt)) / 86_400_000;
  if (days > 7) return note(`the newest is ${Math.floor(days)} days old`, 'npx --no -- visual-db backup');
  return ok(`the newest is of ${newest.createdAt}`);
}

/** The checks that look at the file from outside, and those that need it open. */
const OUTSIDE = { permissions, 'file system': fileSystem };
const INSIDE = {
  integrity,
  'foreign keys': foreignKeys,
  size: fileSize,
  'write-ahead log': writeAheadLog,
  'journal mode': journalMode,
  'free pages': freePages,
  SQLite: sqliteVersion,
};

module.exports = { OUTSIDE, INSIDE, LAST: { backups }, ok, note, problem };
