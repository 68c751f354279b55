import {
  chmodSync,
  chownSync,
  copyFileSync,
  linkSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { contentOf, contentOfFile, fill, namesIn } from './support/backups.mjs';
import { startScript } from './support/child.mjs';
import { fixture } from './support/fixtures.mjs';
import { open, temporaryFile, temporaryFolder } from './support/temporary.mjs';
import { Database, VisualDatabase } from './support/visual_database.mjs';

/** A database, its backup, and its content at that time; then a worktree is deleted. */
function changedSinceBackup(config) {
  const dbPath = temporaryFile();
  const database = fill(open({ dbPath, ...config }));
  const { path } = database.backupSync();
  const before = contentOf(database);
  database.deleteWorktree('wt-0');
  return { dbPath, database, path, before };
}

test('brings back what the backup holds, and says so', () => {
  const { dbPath, path, before } = changedSinceBackup();
  expect(VisualDatabase.restore(path, { dbPath })).toEqual({
    path: dbPath,
    backup: path,
    how: 'transaction',
    safety: expect.stringMatching(/backups\/visual-[^/]*Z-replaced\.db$/),
    schemaVersion: 6,
    counts: { worktrees: 5, zones: 1, assignments: 5, executions: 50 },
  });
  expect(contentOfFile(dbPath)).toEqual(before);
});

test('keeps what it replaces as a backup of its own, which can be restored', () => {
  const { dbPath, database, path, before } = changedSinceBackup();
  const replaced = contentOf(database);
  const { safety } = VisualDatabase.restore(path, { dbPath });
  expect(VisualDatabase.verifyBackup(safety)).toMatchObject({ kind: 'safety', counts: { worktrees: 4 } });
  VisualDatabase.restore(safety, { dbPath });
  expect(contentOfFile(dbPath)).toEqual(replaced);
  expect(replaced).not.toEqual(before);
});

test('those that have the database open here see the restored rows, and go on', () => {
  const { dbPath, database, path, before } = changedSinceBackup();
  VisualDatabase.restore(path, { dbPath });
  expect(contentOf(database)).toEqual(before);
  database.deleteWorktree('wt-1');
  expect(contentOfFile(dbPath)).toEqual(contentOf(database));
});

test('another process that has the database open sees the restored rows, and nobody is left on an orphaned file', async () => {
  const { dbPath, database, path } = changedSinceBackup();
  const { child, ended, printed } = startScript(
    `const database = new VisualDatabase(dbPath);
     console.log('before', database.getStats().worktrees);
     process.stdin.on('data', () => {
       console.log('after', database.getStats().worktrees, database.getWorktree('wt-0').id);
       database.deleteWorktree('wt-4');
       database.close();
       process.exit();
     });`,
    { dbPath },
  );
  await printed('before 4');
  VisualDatabase.restore(path, { dbPath });
  child.stdin.write('now');
  expect(await ended).toMatchObject({ code: 0, stdout: 'before 4\nafter 5 wt-0\n' });
  expect(database.getWorktree('wt-4')).toBeNull();
});

test('readers keep their old state until the new one is committed', () => {
  const { dbPath, database, path, before } = changedSinceBackup();
  const old = contentOf(database);
  const seen = [];
  VisualDatabase.restore(path, {
    dbPath,
    progress: ({ stage, remainingPages }) => {
      if (stage !== 'restore' || remainingPages > 0) seen.push(contentOf(database));
    },
  });
  expect(seen.length).toBeGreaterThan(10);
  for (const content of seen) expect(content).toEqual(old);
  expect(contentOf(database)).toEqual(before);
});

test('nothing can be written between the safety copy and the restore, and so be in neither', () => {
  const { dbPath, path } = changedSinceBackup();
  const other = open({ dbPath, timeout: 0 });
  const refused = [];
  VisualDatabase.restore(path, {
    dbPath,
    progress: ({ stage, remainingPages }) => {
      if (stage === 'safety' || (stage === 'restore' && remainingPages > 0)) {
        expect(() => other.deleteWorktree('wt-1')).toThrow('database is locked');
        refused.push(stage);
      }
    },
  });
  expect(new Set(refused)).toEqual(new Set(['safety', 'restore']));
});

test('a `progress` that throws leaves the old content', () => {
  const { dbPath, database, path } = changedSinceBackup();
  const old = contentOf(database);
  for (const at of ['verify', 'safety', 'restore']) {
    const progress = ({ stage }) => {
      if (stage === at) throw new Error(at);
    };
    expect(() => VisualDatabase.restore(path, { dbPath, progress })).toThrow(at);
    expect(contentOf(database)).toEqual(old);
  }
});

test('over a crashed file the rows of its write-ahead log do not come back, and are in the safety copy', () => {
  const dbPath = fixture('js-layer-crashed');
  const expected = contentOfFile(fixture('js-layer-crashed'));
  const { path } = fill(open({ dbPath: temporaryFile() })).backupSync();
  const { safety } = VisualDatabase.restore(path, { dbPath });
  expect(contentOfFile(dbPath)).toEqual(contentOfFile(path));
  expect(contentOfFile(safety)).toEqual(expected);
});

test('the file keeps its mode and owner', () => {
  for (const spoil of [() => {}, (dbPath) => writeFileSync(dbPath, 'garbage'.repeat(1000))]) {
    const { dbPath, database, path } = changedSinceBackup();
    database.close();
    chmodSync(dbPath, 0o640);
    if (process.getuid() === 0) chownSync(dbPath, 1234, 1234);
    const { mode, uid, gid } = statSync(dbPath);
    spoil(dbPath);
    VisualDatabase.restore(path, { dbPath });
    const restored = statSync(dbPath);
    expect([restored.mode, restored.uid, restored.gid]).toEqual([mode, uid, gid]);
  }
});

test('where there is no database one is made, for its owner alone', () => {
  const { path, before } = changedSinceBackup();
  const dbPath = join(temporaryFolder(), 'new', 'visual.db');
  expect(VisualDatabase.restore(path, { dbPath })).toMatchObject({ how: 'created', safety: null });
  expect(statSync(dbPath).mode & 0o777).toBe(0o600);
  expect(contentOfFile(dbPath)).toEqual(before);
});

test('the file has a write-ahead log afterwards, whether it was there, empty, unreadable or none', () => {
  const { dbPath, database, path } = changedSinceBackup();
  database.close();
  const before = [
    () => {
      const db = new Database(dbPath);
      db.pragma('journal_mode = DELETE');
      db.close();
    },
    () => writeFileSync(dbPath, ''),
    () => writeFileSync(dbPath, 'garbage'.repeat(1000)),
    () => rmSync(dbPath),
  ];
  const how = before.map((prepare) => {
    prepare();
    const restored = VisualDatabase.restore(path, { dbPath });
    const db = new Database(dbPath, { readonly: true });
    expect([restored.how, db.pragma('journal_mode', { simple: true })]).toEqual([restored.how, 'wal']);
    db.close();
    return restored.how;
  });
  expect(how).toEqual(['transaction', 'transaction', 'replaced', 'created']);
});

test('a log without its database is put aside, or it would undo the restore', () => {
  const { path, before } = changedSinceBackup();
  const dbPath = fixture('js-layer-crashed');
  const log = readFileSync(`${dbPath}-wal`);
  rmSync(dbPath);
  VisualDatabase.restore(path, { dbPath });
  expect(contentOfFile(dbPath)).toEqual(before);
  const aside = namesIn(dirname(dbPath)).find((name) => name.endsWith('-wal'));
  expect(readFileSync(join(dirname(dbPath), aside)).equals(log)).toBe(true);
});

test('a file that cannot be opened is moved aside with its log', () => {
  const { dbPath, database, path, before } = changedSinceBackup();
  database.close();
  writeFileSync(dbPath, 'garbage'.repeat(1000));
  writeFileSync(`${dbPath}-wal`, 'the log');
  const { how, safety } = VisualDatabase.restore(path, { dbPath });
  expect(how).toBe('replaced');
  expect([readFileSync(safety, 'utf8'), readFileSync(`${safety}-wal`, 'utf8')]).toEqual([
    'garbage'.repeat(1000),
    'the log',
  ]);
  expect(contentOfFile(dbPath)).toEqual(before);
  expect(namesIn(dirname(dbPath)).filter((name) => /partial|-restore$/.test(name))).toEqual([]);
});

test('a database of other page size is no obstacle', () => {
  const { dbPath, database, path, before } = changedSinceBackup();
  database.db.pragma('journal_mode = DELETE');
  database.db.pragma('page_size = 8192');
  database.db.exec('VACUUM');
  database.close();
  VisualDatabase.restore(path, { dbPath });
  expect(contentOfFile(dbPath)).toEqual(before);
});

test('the database itself is no backup of it, by whatever name', () => {
  const { dbPath, database } = changedSinceBackup();
  const folder = dirname(dbPath);
  linkSync(dbPath, join(folder, 'hard.db'));
  symlinkSync(dbPath, join(folder, 'symbolic.db'));
  for (const name of ['visual.db', 'hard.db', 'symbolic.db']) {
    const itself = () => VisualDatabase.restore(join(folder, name), { dbPath });
    expect(itself).toThrow(expect.objectContaining({ code: 'ERR_RESTORE_SAME_FILE' }));
  }
  expect(database.getStats().worktrees).toBe(4);
});

test('through a symbolic link the file is restored that it leads to', () => {
  const { dbPath, path, before } = changedSinceBackup();
  const link = join(temporaryFolder(), 'link.db');
  symlinkSync(dbPath, link);
  expect(VisualDatabase.restore(path, { dbPath: link }).path).toBe(dbPath);
  expect(contentOfFile(dbPath)).toEqual(before);
});

test('waits for a writer, and gives up with SQLITE_BUSY where it never ends', { timeout: 20_000 }, () => {
  const { dbPath, database, path } = changedSinceBackup();
  const old = contentOf(database);
  database.db.exec('BEGIN IMMEDIATE');
  expect(() => VisualDatabase.restore(path, { dbPath })).toThrow(expect.objectContaining({ code: 'SQLITE_BUSY' }));
  database.db.exec('ROLLBACK');
  expect(contentOf(database)).toEqual(old);
});

test('a backup of the JavaScript layer’s time is restored, and migrated at the next opening', () => {
  const { dbPath, database } = changedSinceBackup();
  database.close();
  const backup = join(temporaryFolder(), 'old.db');
  copyFileSync(fixture('js-layer.db'), backup);
  expect(VisualDatabase.restore(backup, { dbPath })).toMatchObject({ schemaVersion: 0 });
  expect(contentOfFile(dbPath)).toEqual(contentOfFile(fixture('js-layer.db')));
});
