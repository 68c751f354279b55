import { appendFileSync, mkdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { checksum, fill } from './support/backups.mjs';
import { open, temporaryFile } from './support/temporary.mjs';
import { Database, VisualDatabase } from './support/visual_database.mjs';

const sizeOf = (path) => readFileSync(path).length;

function overwrite(path, at, change) {
  const bytes = readFileSync(path);
  bytes[at] = change(bytes[at]);
  writeFileSync(path, bytes);
}

/** Runs SQL on a file, with what else it takes to write one that no VisualDatabase would. */
function sql(path, text) {
  const database = new Database(path);
  database.unsafeMode(true);
  database.exec(text);
  database.close();
}

const withoutManifest = (path) => rmSync(`${path}.json`);

const BAD = [
  ['a missing file', (path) => rmSync(path), 'ERR_BACKUP_MISSING', 'there is no such file'],
  ['a folder', [rmSync, mkdirSync], 'ERR_BACKUP_MISSING', 'this is not a file'],
  ['an empty file', (path) => truncateSync(path), 'ERR_BACKUP_EMPTY', 'the file is empty (0 bytes)'],
  [
    'a truncated file',
    (path) => truncateSync(path, sizeOf(path) / 2),
    'ERR_BACKUP_TRUNCATED',
    /truncated: \d+ of \d+ bytes are there/,
  ],
  [
    'a truncated file without its manifest',
    [withoutManifest, (path) => truncateSync(path, sizeOf(path) / 2)],
    'ERR_BACKUP_TRUNCATED',
    /truncated: \d+ of \d+ bytes are there/,
  ],
  [
    'one flipped bit',
    (path) => overwrite(path, sizeOf(path) - 100, (byte) => byte ^ 4),
    'ERR_BACKUP_CHANGED',
    'it was changed after it was made',
  ],
  ['appended bytes', (path) => appendFileSync(path, 'more'), 'ERR_BACKUP_CHANGED', 'it was changed after it was made'],
  [
    'a damaged page in a file without its manifest',
    [withoutManifest, (path) => overwrite(path, 4096, () => 0xff)],
    'ERR_BACKUP_DAMAGED',
    'damaged: ',
  ],
  [
    'rows that refer to nothing',
    (path) => {
      withoutManifest(path);
      sql(path, "PRAGMA foreign_keys = OFF; INSERT INTO worktree_zones VALUES ('nobody', 'nowhere', 'now')");
    },
    'ERR_BACKUP_DAMAGED',
    'a row of worktree_zones refers to a row of',
  ],
  [
    'a letter',
    [withoutManifest, (path) => writeFileSync(path, 'Dear aunt, '.repeat(1000))],
    'ERR_BACKUP_NOT_A_DATABASE',
    'this is not an SQLite database, or an encrypted one',
  ],
  [
    'a database with other tables',
    (path) => {
      withoutManifest(path);
      rmSync(path);
      sql(path, 'CREATE TABLE worktrees (id INTEGER PRIMARY KEY)');
    },
    'ERR_BACKUP_SCHEMA',
    'not a database of this package: ',
  ],
  [
    'a column that is missing',
    (path) => {
      withoutManifest(path);
      sql(path, 'ALTER TABLE zones RENAME COLUMN size_height TO wise_height');
    },
    'ERR_BACKUP_SCHEMA',
    'not a database of this package: column zones.size_height is missing',
  ],
  [
    'a database without tables',
    (path) => {
      withoutManifest(path);
      rmSync(path);
      sql(path, 'CREATE TABLE a (b); DROP TABLE a');
    },
    'ERR_BACKUP_SCHEMA',
    'a database without tables',
  ],
  [
    'a schema of a newer package',
    [withoutManifest, (path) => sql(path, 'PRAGMA user_version = 99')],
    'ERR_BACKUP_NEWER',
    /its schema has version 99, this package knows versions up to \d/,
  ],
  [
    'a manifest that is none',
    (path) => writeFileSync(`${path}.json`, '[]'),
    'ERR_BACKUP_MANIFEST',
    'not a manifest of a backup',
  ],
];

test.each(BAD)('%s is refused, and the live file is unchanged to the byte', (_, spoil, code, words) => {
  const dbPath = temporaryFile();
  const database = fill(open({ dbPath }));
  const { path } = database.backupSync();
  database.close();
  const before = checksum(dbPath);
  for (const step of [spoil].flat()) step(path);
  for (const refuse of [() => VisualDatabase.verifyBackup(path), () => VisualDatabase.restore(path, { dbPath })]) {
    expect(refuse).toThrow(expect.objectContaining({ code }));
    expect(refuse).toThrow(words);
    expect(refuse).toThrow(path);
  }
  expect(checksum(dbPath)).toBe(before);
});

test('each refusal has words of its own', () => {
  const kinds = BAD.map(([, , code, words]) => `${code} ${words}`);
  expect(new Set(BAD.map(([, , code]) => code)).size).toBe(9);
  expect(new Set(kinds).size).toBeGreaterThanOrEqual(11);
});
