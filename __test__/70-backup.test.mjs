import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { checksum, contentOf, contentOfFile, fill, namesIn } from './support/backups.mjs';
import { startScript } from './support/child.mjs';
import { fixture } from './support/fixtures.mjs';
import { open, temporaryFile } from './support/temporary.mjs';
import { VisualDatabase } from './support/visual_database.mjs';

const forms = [
  ['backup(), a promise', (database, ...args) => database.backup(...args)],
  ['backupSync()', async (database, ...args) => database.backupSync(...args)],
];

describe.each(forms)('%s', (_, backup) => {
  test('makes one file and its manifest in `backups` beside the database, named by the time', async () => {
    const dbPath = temporaryFile();
    const database = fill(open({ dbPath }));
    const made = await backup(database);
    const name = basename(made.path);
    expect(dirname(made.path)).toBe(join(dirname(dbPath), 'backups'));
    expect(name).toMatch(/^visual-\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d\.\d{3}Z\.db$/);
    expect(namesIn(dirname(made.path))).toEqual([name, `${name}.json`]);
    expect(contentOfFile(made.path)).toEqual(contentOf(database));
  });

  test('answers with what the manifest says', async () => {
    const database = fill(open({ dbPath: temporaryFile() }));
    const { path, hasManifest, ...said } = await backup(database);
    expect(JSON.parse(readFileSync(`${path}.json`, 'utf8'))).toEqual(said);
    expect(hasManifest).toBe(true);
    expect(said).toEqual({
      format: 1,
      createdAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      kind: 'backup',
      bytes: statSync(path).size,
      sha256: checksum(path),
      schemaVersion: 6,
      counts: { worktrees: 5, zones: 1, assignments: 5, executions: 50 },
      packageVersion: '1.0.0',
      sqliteVersion: database.db.prepare('SELECT sqlite_version()').pluck().get(),
    });
  });

  test('is readable for its owner alone, and needs no side files', async () => {
    const { path } = await backup(fill(open({ dbPath: temporaryFile() })));
    expect([path, `${path}.json`].map((file) => statSync(file).mode & 0o777)).toEqual([0o600, 0o600]);
    expect([...readFileSync(path).subarray(18, 20)]).toEqual([1, 1]);
  });

  test('goes where it is told to, with the folders that are missing', async () => {
    const dbPath = temporaryFile();
    const path = join(dirname(dbPath), 'deep', 'down', 'copy.db');
    expect((await backup(fill(open({ dbPath })), path)).path).toBe(path);
  });

  test('replaces an earlier backup, never another file', async () => {
    const dbPath = temporaryFile();
    const database = fill(open({ dbPath }));
    const path = join(dirname(dbPath), 'copy.db');
    await backup(database, path);
    database.deleteWorktree('wt-0');
    expect((await backup(database, path)).counts.worktrees).toBe(4);
    expect(contentOfFile(path)).toEqual(contentOf(database));
    const mine = join(dirname(dbPath), 'mine.txt');
    writeFileSync(mine, 'mine');
    await expect(backup(database, mine)).rejects.toMatchObject({ code: 'ERR_BACKUP_EXISTS' });
    await expect(backup(database, dbPath)).rejects.toThrow("a database can't be its own backup");
    expect(readFileSync(mine, 'utf8')).toBe('mine');
  });

  test('tells how far it is', async () => {
    const database = fill(open({ dbPath: temporaryFile() }), { executions: 500 });
    const steps = [];
    await backup(database, undefined, { progress: (step) => steps.push(step) });
    const copied = steps.filter(({ stage }) => stage === 'copy').map(({ remainingPages }) => remainingPages);
    expect(copied.length).toBeGreaterThan(10);
    expect(copied).toEqual(copied.toSorted((a, b) => b - a));
    expect(copied.at(-1)).toBe(0);
    expect([...new Set(steps.map(({ stage }) => stage))]).toEqual(['copy', 'check', 'publish']);
  });

  test('a `progress` that throws is thrown on', async () => {
    const database = fill(open({ dbPath: temporaryFile() }));
    const progress = () => {
      throw 'enough'; // oxlint-disable-line no-throw-literal -- any value arrives as it is
    };
    await expect(backup(database, undefined, { progress })).rejects.toBe('enough');
  });

  test('holds what was committed, not what a transaction is about to write', async () => {
    const database = fill(open({ dbPath: temporaryFile() }));
    database.db.exec('BEGIN');
    database.deleteWorktree('wt-0');
    expect((await backup(database)).counts.worktrees).toBe(5);
    database.db.exec('ROLLBACK');
  });

  test('of a database in memory needs a path', async () => {
    const database = fill(open());
    const path = temporaryFile();
    await expect(backup(database)).rejects.toThrow('a database in memory needs a path');
    await backup(database, path);
    expect(contentOfFile(path)).toEqual(contentOf(database));
  });

  test('refuses what is no path and no function', async () => {
    const database = fill(open({ dbPath: temporaryFile() }));
    for (const path of ['', 'a\0b', 5, {}, true]) await expect(backup(database, path)).rejects.toThrow(TypeError);
    await expect(backup(database, undefined, { progress: 'often' })).rejects.toThrow('progress must be a function');
  });

  test('of a closed database is an error', async () => {
    const database = new VisualDatabase(temporaryFile());
    database.close();
    await expect(backup(database)).rejects.toThrow(new TypeError('The database connection is not open'));
  });

  test('is refused where rows refer to rows that do not exist', async () => {
    const dbPath = temporaryFile();
    const database = fill(open({ dbPath }));
    database.db.pragma('foreign_keys = OFF');
    database.db.exec("INSERT INTO worktree_zones VALUES ('nobody', 'nowhere', '2026-01-01T00:00:00.000Z')");
    const refused = {
      code: 'ERR_BACKUP_DAMAGED',
      message: expect.stringContaining('a row of worktree_zones refers to'),
    };
    await expect(backup(database)).rejects.toMatchObject(refused);
    expect(namesIn(join(dirname(dbPath), 'backups'))).toEqual([]);
  });
});

test('a `progress` that throws early leaves no backup and nothing half written', () => {
  const dbPath = temporaryFile();
  const database = fill(open({ dbPath }));
  const stop = () => {
    throw new Error('stop');
  };
  expect(() => database.backupSync(undefined, { progress: stop })).toThrow('stop');
  expect(namesIn(join(dirname(dbPath), 'backups'))).toEqual([]);
});

test('the event loop stays free while a backup is made', async () => {
  const database = fill(open({ dbPath: temporaryFile() }), { executions: 5000, text: 2000 });
  let turns = 0;
  const timer = setInterval(() => (turns += 1), 1);
  await database.backup();
  clearInterval(timer);
  expect(turns).toBeGreaterThan(5);
});

test('a database may be closed while its backup is made', async () => {
  const dbPath = temporaryFile();
  const database = fill(new VisualDatabase(dbPath), { executions: 5000 });
  const expected = contentOf(database);
  const made = database.backup();
  database.close();
  expect(contentOfFile((await made).path)).toEqual(expected);
});

test('what a crash left in the write-ahead log is in the backup', () => {
  const dbPath = fixture('js-layer-crashed');
  const made = open({ dbPath }).backupSync();
  expect(contentOfFile(made.path)).toEqual(contentOfFile(dbPath));
});

test('a killed backup leaves no file that could be taken for one', async () => {
  const dbPath = temporaryFile();
  fill(open({ dbPath }), { executions: 2000 }).close();
  for (const stage of ['copy', 'check', 'publish']) {
    const { ended } = startScript(
      `const database = new VisualDatabase(dbPath);
       const progress = ({ stage }) => stage === '${stage}' && process.kill(process.pid, 'SIGKILL');
       database.backupSync(undefined, { progress });`,
      { dbPath },
    );
    expect((await ended).signal).toBe('SIGKILL');
    expect(VisualDatabase.listBackups(join(dirname(dbPath), 'backups'))).toEqual([]);
  }
  expect(existsSync(dbPath)).toBe(true);
});
