import { cpSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { checksum, fill } from './support/backups.mjs';
import { fixture } from './support/fixtures.mjs';
import { open, temporaryFile, temporaryFolder } from './support/temporary.mjs';
import { VisualDatabase } from './support/visual_database.mjs';

test('verifyBackup answers with what the backup holds', () => {
  const made = fill(open({ dbPath: temporaryFile() })).backupSync();
  expect(VisualDatabase.verifyBackup(made.path)).toEqual(made);
});

test('verifyBackup of a file without a manifest says what the file itself says', () => {
  const { path, ...made } = fill(open({ dbPath: temporaryFile() })).backupSync();
  rmSync(`${path}.json`);
  const found = VisualDatabase.verifyBackup(path);
  expect(found).toMatchObject({ path, hasManifest: false, sha256: made.sha256, bytes: made.bytes, schemaVersion: 6 });
  expect(found.counts).toEqual(made.counts);
});

test('what is archived is in a backup, and its executions count', () => {
  const db = fill(open({ dbPath: temporaryFile() }));
  const [{ id }] = db.listWorktrees();
  const before = db.getWorktreeExecutions(id, -1);
  expect(before.length).toBeGreaterThan(0);
  db.archiveWorktree(id);
  const { path, counts } = db.backupSync();
  expect(counts).toMatchObject({ worktrees: 4, executions: db.getStats().executions });
  expect(VisualDatabase.verifyBackup(path).counts).toEqual(counts);
  const copy = open({ dbPath: path, readonly: true });
  expect(copy.getWorktreeExecutions(id, -1)).toEqual(before);
  expect(copy.listArchived()).toEqual(db.listArchived());
});

test('a file of the JavaScript layer is a backup, too: its schema has version 0', () => {
  const path = fixture('js-layer.db');
  const before = checksum(path);
  expect(VisualDatabase.verifyBackup(path)).toMatchObject({
    schemaVersion: 0,
    counts: { worktrees: 40, zones: 6, assignments: 20, executions: 200 },
  });
  expect(checksum(path)).toBe(before);
});

test('verifying takes no lock away from a database that this process has open', () => {
  // POSIX drops all locks of a process on a file when it closes any handle on it.
  const dbPath = temporaryFile();
  const database = fill(open({ dbPath }));
  const other = open({ dbPath, timeout: 0 });
  database.transaction(() => {
    VisualDatabase.verifyBackup(dbPath);
    expect(() => other.deleteWorktree('wt-0')).toThrow('database is locked');
  });
});

test('listBackups lists the newest first, of every kind', () => {
  const dbPath = fixture('js-layer.db');
  const database = open({ dbPath });
  const first = database.backupSync();
  const second = database.backupSync();
  const { safety } = VisualDatabase.restore(first.path, { dbPath });
  const listed = VisualDatabase.listBackups(join(dirname(dbPath), 'backups'));
  expect(listed.map(({ kind }) => kind)).toEqual(['safety', 'backup', 'backup', 'migration']);
  expect(listed[0].path).toBe(safety);
  expect(listed.slice(1, 3)).toEqual([second, first]);
});

test('listBackups says what is wrong with a file that cannot be a backup', () => {
  const { path } = fill(open({ dbPath: temporaryFile() })).backupSync();
  const folder = dirname(path);
  writeFileSync(join(folder, 'note.db'), 'not a database');
  writeFileSync(join(folder, 'empty.db'), '');
  cpSync(path, join(folder, 'plain.db'));
  const problems = VisualDatabase.listBackups(folder).map(({ path: file, problem }) => [
    file.slice(folder.length + 1),
    problem,
  ]);
  expect(Object.fromEntries(problems)).toMatchObject({
    'plain.db': undefined,
    'note.db': 'this is not an SQLite database, or an encrypted one',
    'empty.db': 'the file is empty (0 bytes)',
  });
});

test('listBackups of a folder that does not exist is empty', () => {
  expect(VisualDatabase.listBackups(join(temporaryFolder(), 'nowhere'))).toEqual([]);
});

test('a path that is no text is a TypeError', () => {
  for (const path of [undefined, null, 5, {}, '', 'a\0b']) {
    for (const method of ['verifyBackup', 'listBackups', 'pruneBackups', 'restore']) {
      expect(() => VisualDatabase[method](path)).toThrow(TypeError);
    }
  }
});
