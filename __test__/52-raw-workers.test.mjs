import fs from 'node:fs';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { Database } from './support/database.mjs';
import { freshFile } from './support/fresh_file.mjs';
import { startWorker } from './support/worker.mjs';

// Processes, threads and disks are slow where others use them, too.
vi.setConfig({ testTimeout: 30_000 });

let file;
beforeEach(() => {
  file = freshFile();
  const db = new Database(file);
  db.pragma('journal_mode = WAL');
  db.exec('CREATE TABLE entries (a); INSERT INTO entries VALUES (1), (2), (3)');
  db.close();
});

/** Nobody holds a lock any more: another connection writes at once. */
const writesAtOnce = () => {
  const db = new Database(file, { timeout: 0 });
  const { changes } = db.prepare('INSERT INTO entries VALUES (100)').run();
  const check = db.pragma('integrity_check', { simple: true });
  db.close();
  return changes === 1 && check === 'ok';
};
const hasLog = () => fs.existsSync(`${file}-wal`);

describe('worker threads', () => {
  test('each has connections of its own, also on one file, several at once', async () => {
    const source = `
      const db = new Database(workerData.file);
      const insert = db.prepare('INSERT INTO entries VALUES (?)');
      for (let i = 0; i < 200; i += 1) insert.run(workerData.id * 1000 + i);
      try { db.exec('nonsense'); } catch (error) { say([error instanceof SqliteError, error.code]); }
      db.close();
    `;
    const workers = [1, 2, 3, 4].map((id) => startWorker(source, { file, id }));
    for (const { next, ended } of workers) {
      expect(await next()).toEqual([true, 'SQLITE_ERROR']);
      expect(await ended).toBe(0);
    }
    const db = new Database(file);
    expect(db.prepare('SELECT count(*), count(DISTINCT a) FROM entries').raw().get()).toEqual([803, 803]);
    db.close();
  });

  test('work beside connections of the main thread', async () => {
    const db = new Database(file);
    const { next, ended } = startWorker(
      `const db = new Database(workerData.file); say(db.prepare('SELECT sum(a) FROM entries').pluck().get());`,
      { file },
    );
    expect(await next()).toBe(6);
    expect(await ended).toBe(0);
    expect(db.prepare('SELECT count(*) FROM entries').pluck().get()).toBe(3);
    db.close();
    expect(hasLog()).toBe(false);
  });

  test('end by process.exit() from inside a function', async () => {
    const { next, ended } = startWorker(
      `const db = new Database(workerData.file);
       db.function('leave', () => { say('there'); process.exit(3); });
       db.prepare('SELECT leave(), a FROM entries').all();`,
      { file },
    );
    expect(await next()).toBe('there');
    expect(await ended).toBe(3);
    expect(writesAtOnce()).toBe(true);
  });

  test('come and go', async () => {
    for (let i = 0; i < 8; i += 1) {
      const { next, ended } = startWorker(
        `const db = new Database(workerData.file); db.function('f', () => 5); say(db.prepare('SELECT f()').pluck().get());`,
        { file },
      );
      expect(await next()).toBe(5);
      expect(await ended).toBe(0);
    }
    expect(writesAtOnce()).toBe(true);
  });

  const SETUP = `
    const db = new Database(workerData.file, { verbose: (sql) => { if (sql.includes('slow log')) spin(); } });
    const spin = () => { say('there'); for (;;) Math.random(); };
    const numbers = 'WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n LIMIT 2000000)';
  `;
  const middles = {
    'a transaction': "db.exec('BEGIN IMMEDIATE; INSERT INTO entries VALUES (9)'); spin()",
    'an iterator': "for (const row of db.prepare('SELECT * FROM entries').iterate()) spin()",
    'a transaction function': "db.transaction(() => { db.exec('INSERT INTO entries VALUES (9)'); spin(); })()",
    'a function': "db.function('f', spin); db.prepare('INSERT INTO entries SELECT f()').run()",
    'a function called by exec()':
      "db.function('f', spin); db.exec('BEGIN; INSERT INTO entries VALUES (9); SELECT f()')",
    'a function called row by row':
      "db.function('f', (x) => { if (x === 10) say('there'); return x; }); db.prepare(`${numbers} SELECT f(x) FROM n`).all()",
    'an aggregate': "db.aggregate('f', { varargs: true, step: spin }); db.prepare('SELECT f(a) FROM entries').get()",
    'a window function':
      "db.aggregate('f', { varargs: true, step: () => 1, inverse: spin }); db.prepare('SELECT f(a) OVER (ROWS BETWEEN CURRENT ROW AND CURRENT ROW) FROM entries').all()",
    'a verbose logger': "db.exec('SELECT 1 /* slow log */')",
    'a backup':
      "db.backup(workerData.copy, { progress: () => { say('there'); return 1; } }); setInterval(() => {}, 1000)",
    'a getter that is being bound': "db.prepare('SELECT @a').get({ get a() { spin(); } })",
    'a close with a statement left': "db.prepare('SELECT 1').get(); db.close(); spin()",
    'many short calls': "const s = db.prepare('SELECT * FROM entries'); say('there'); for (;;) s.all()",
  };
  test.each(Object.keys(middles))(
    'terminated in the middle of %s leave no lock behind and crash nothing',
    async (middle) => {
      const copy = freshFile();
      const { worker, next } = startWorker(SETUP + middles[middle], { file, copy });
      expect(await next()).toBe('there');
      await worker.terminate();
      expect(writesAtOnce()).toBe(true);
      const db = new Database(file);
      expect(db.prepare('SELECT a FROM entries').pluck().all()).toEqual([1, 2, 3, 100]);
      db.close();
      expect(hasLog()).toBe(false);
    },
  );
});
