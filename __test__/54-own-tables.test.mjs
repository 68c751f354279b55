// Tables, indexes, views and triggers of one's own in a board's file: what is allowed, and what backups, restores, exports and
// migrations do with them.
import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeEach, describe, expect, it, test } from 'vitest';
import { worktree, zone } from './support/samples.mjs';
import { open, temporaryFile, temporaryFolder } from './support/temporary.mjs';
import { Database, VisualDatabase } from './support/visual_database.mjs';

const COMMAND = fileURLToPath(new URL('../bin/visual-db.js', import.meta.url));
const OWN = `
  CREATE TABLE notes (id INTEGER PRIMARY KEY, worktree_id TEXT REFERENCES worktrees(id) ON DELETE CASCADE, text TEXT);
  CREATE INDEX notes_of_worktrees ON notes (worktree_id);
  CREATE INDEX worktrees_by_task ON worktrees (task_id);
  CREATE VIEW noted AS SELECT w.branch_name, n.text FROM notes AS n JOIN worktrees AS w ON w.id = n.worktree_id;
  CREATE TRIGGER welcome AFTER INSERT ON worktrees BEGIN INSERT INTO notes (worktree_id, text) VALUES (NEW.id, 'new'); END;`;
const NAMES = ['noted', 'notes', 'notes_of_worktrees', 'welcome', 'worktrees_by_task'];
const NOTED = [{ branch_name: 'feature/1', text: 'new' }];

const own = (raw) => ({
  names: raw
    .prepare('SELECT name FROM sqlite_schema ORDER BY name')
    .pluck()
    .all()
    .filter((name) => NAMES.includes(name)),
  noted: raw.prepare('SELECT * FROM noted').all(),
});
const doctor = (dbPath) => {
  const { stdout } = spawnSync(process.execPath, [COMMAND, 'doctor', '--json', '--db', dbPath], { encoding: 'utf8' });
  return JSON.parse(stdout).filter(({ state }) => state === 'problem');
};

let dbPath;
let db;
beforeEach(() => {
  dbPath = temporaryFile();
  db = open({ dbPath });
  db.db.exec(OWN);
  db.createZone(zone(1));
  db.createWorktree(worktree(1));
});

describe('tables, indexes, views and triggers', () => {
  it('are there with the board, and follow it', () => {
    expect(own(db.db)).toEqual({ names: NAMES, noted: NOTED });
    db.deleteWorktree('wt-1');
    expect(own(db.db).noted).toEqual([]);
  });

  it('are in the same transactions', () => {
    expect(() =>
      db.transaction(() => {
        db.createWorktree(worktree(2));
        throw new Error('undone');
      }),
    ).toThrow('undone');
    expect(own(db.db).noted).toEqual(NOTED);
  });

  it('are nothing that doctor minds', () => {
    expect(doctor(dbPath)).toEqual([]);
  });

  it('are in a backup, which is verified with them, and come back with a restore into the open file', () => {
    const { path: backup } = db.backupSync();
    expect(VisualDatabase.verifyBackup(backup).path).toBe(backup);
    db.db.exec('DROP VIEW noted; DROP TABLE notes; DROP TRIGGER welcome; DROP INDEX worktrees_by_task');
    db.createWorktree(worktree(2));
    VisualDatabase.restore(backup, { dbPath });
    expect(own(db.db)).toEqual({ names: NAMES, noted: NOTED });
  });

  it('are not in an export, which is the board alone', async () => {
    const file = path.join(temporaryFolder(), 'board.jsonl');
    await db.exportAll(file);
    expect(fs.readFileSync(file, 'utf8')).not.toContain('notes');
    const other = open();
    await other.importAll(file);
    expect(other.getStats().worktrees).toBe(1);
  });

  it('stay through an import, and through pruning', async () => {
    const empty = open();
    const file = path.join(temporaryFolder(), 'board.jsonl');
    await empty.exportAll(file);
    await db.importAll(file);
    db.prune({ bodies: '1d', runs: '1d' });
    expect(own(db.db)).toEqual({ names: NAMES, noted: NOTED });
  });
});

describe('migrations leave them alone', () => {
  it('down to an older version and back', () => {
    db.close();
    const migrate = (...args) => execFileSync(process.execPath, [COMMAND, ...args, '--db', dbPath], { stdio: 'pipe' });
    migrate('migrate', 'down', '--to', '2', '--yes');
    migrate('migrate', 'up');
    const back = open({ dbPath });
    expect(own(back.db)).toEqual({ names: NAMES, noted: NOTED });
    expect(doctor(dbPath)).toEqual([]);
  });

  it('and the adoption of a file of the JavaScript layer', () => {
    const adopted = temporaryFile();
    fs.copyFileSync(new URL('fixtures/js-layer.db', import.meta.url), adopted);
    const before = new Database(adopted);
    before.exec(OWN);
    before.exec("INSERT INTO notes (worktree_id, text) SELECT id, 'mine' FROM worktrees");
    const noted = before.prepare('SELECT * FROM noted').all();
    before.close();
    expect(own(open({ dbPath: adopted }).db)).toEqual({ names: NAMES, noted });
  });
});

test('a column of one’s own in our tables is told by doctor, and the board goes on', () => {
  db.db.exec('ALTER TABLE worktrees ADD COLUMN mine TEXT');
  expect(db.createWorktree(worktree(2)).id).toBe('wt-2');
  db.close();
  expect(doctor(dbPath).map(({ finding }) => finding)).toEqual(['column worktrees.mine (TEXT) is not known']);
  expect(open({ dbPath }).getStats().worktrees).toBe(2);
});
