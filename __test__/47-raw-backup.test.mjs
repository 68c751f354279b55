import fs from 'node:fs';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Database, SqliteError } from './support/database.mjs';
import { freshFile } from './support/fresh_file.mjs';

// Processes, threads and disks are slow where others use them, too.
vi.setConfig({ testTimeout: 30_000 });

let db;
let copy;
beforeEach(() => {
  copy = freshFile('copy.db');
  db = new Database(freshFile());
  db.exec(`
    CREATE TABLE entries (a TEXT, b INTEGER);
    WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers LIMIT 1000)
    INSERT INTO entries SELECT printf('%.*c', 1000, 'x'), n FROM numbers;
  `);
});
afterEach(() => db.close());

const pages = () => db.pragma('page_count', { simple: true });
const sumIn = (file) => {
  const opened = new Database(file, { readonly: true });
  const sum = opened.prepare('SELECT sum(b) FROM entries').pluck().get();
  const check = opened.pragma('integrity_check', { simple: true });
  opened.close();
  return check === 'ok' ? sum : check;
};
const SUM = 500500;
const refusal = (Class, message) => expect.objectContaining({ constructor: Class, message });

describe('backup(file)', () => {
  test('copies the whole database and says how many pages it has', async () => {
    const promise = db.backup(copy);
    expect(promise).toBeInstanceOf(Promise);
    expect(await promise).toEqual({ totalPages: pages(), remainingPages: 0 });
    expect(sumIn(copy)).toBe(SUM);
  });

  test('replaces what was in the file before', async () => {
    const old = new Database(copy);
    old.exec('CREATE TABLE entries (b); CREATE TABLE other (a); INSERT INTO entries VALUES (1)');
    old.close();
    await db.backup(copy);
    const opened = new Database(copy);
    expect(opened.prepare('SELECT name FROM sqlite_master').pluck().all()).toEqual(['entries']);
    opened.close();
    expect(sumIn(copy)).toBe(SUM);
  });

  test('copies a database in memory, and one with a write-ahead log', async () => {
    db.pragma('journal_mode = WAL');
    db.exec("INSERT INTO entries VALUES ('in the log', 1)");
    await db.backup(copy);
    expect(sumIn(copy)).toBe(SUM + 1);

    const memory = new Database(':memory:');
    memory.exec('CREATE TABLE entries (b); INSERT INTO entries VALUES (7)');
    const file = freshFile();
    await memory.backup(file);
    expect(sumIn(file)).toBe(7);
    memory.close();
  });

  test('reads a database that is open for reading only', async () => {
    const reader = new Database(db.name, { readonly: true });
    await reader.backup(copy);
    reader.close();
    expect(sumIn(copy)).toBe(SUM);
  });

  test('ignores white space around the name', async () => {
    await db.backup(`  ${copy}  `);
    expect(sumIn(copy)).toBe(SUM);
  });

  test('runs several at a time', async () => {
    const files = [1, 2, 3].map(() => freshFile());
    await Promise.all(files.map((file) => db.backup(file, { progress: () => 20 })));
    for (const file of files) expect(sumIn(file)).toBe(SUM);
  });
});

describe('`progress`', () => {
  test('is told after each step how much remains, a hundred pages at a time', async () => {
    const seen = [];
    const total = pages();
    await db.backup(copy, {
      progress(step) {
        seen.push(step);
      },
    });
    expect(seen[0]).toEqual({ totalPages: total, remainingPages: total });
    expect(seen[1]).toEqual({ totalPages: total, remainingPages: total - 100 });
    expect(seen).toHaveLength(Math.ceil(total / 100));
    expect(Object.keys(seen[0])).toEqual(['totalPages', 'remainingPages']);
  });

  test('changes the rate by what it returns', async () => {
    const remaining = [];
    const rates = [10, 0, 2.4, -5, Infinity];
    await db.backup(copy, {
      progress({ remainingPages }) {
        remaining.push(remainingPages);
        return rates[remaining.length - 1];
      },
    });
    const total = pages();
    expect(remaining).toEqual([total, total - 10, total - 10, total - 12, total - 12]);
  });

  test('keeps the rate where it returns undefined', async () => {
    const remaining = [];
    await db.backup(copy, {
      progress({ remainingPages }) {
        remaining.push(remainingPages);
        return remaining.length === 1 ? 50 : undefined;
      },
    });
    expect(remaining.slice(0, 3)).toEqual([pages(), pages() - 50, pages() - 100]);
  });

  test('lets the event loop turn between two steps', async () => {
    let turns = 0;
    let steps = 0;
    const timer = setInterval(() => {
      turns += 1;
    }, 0);
    await db.backup(copy, {
      progress() {
        steps += 1;
        const until = performance.now() + 2;
        while (performance.now() < until);
        return 20;
      },
    });
    clearInterval(timer);
    expect(steps).toBeGreaterThan(5);
    expect(turns).toBeGreaterThanOrEqual(steps / 2);
  });

  test('may write to the database: the copy has it', async () => {
    let calls = 0;
    await db.backup(copy, {
      progress() {
        calls += 1;
        if (calls === 2) db.exec("INSERT INTO entries VALUES ('later', 1)");
        return 50;
      },
    });
    expect(sumIn(copy)).toBe(SUM + 1);
  });

  test.each([[null], ['5'], [NaN], [true], [{}], [5n]])(
    'has to return a number or undefined: not %o',
    async (result) => {
      const words = 'Expected progress callback to return a number or undefined';
      await expect(db.backup(copy, { progress: () => result })).rejects.toEqual(refusal(TypeError, words));
      expect(fs.existsSync(copy)).toBe(false);
    },
  );

  test('stops the backup by throwing: that value is the rejection, and no file is left', async () => {
    const oops = new Error('oops');
    let calls = 0;
    const promise = db.backup(copy, {
      progress() {
        calls += 1;
        if (calls === 2) throw oops;
        return 10;
      },
    });
    await expect(promise).rejects.toBe(oops);
    expect(calls).toBe(2);
    expect(fs.existsSync(copy)).toBe(false);
    expect(await db.backup(copy)).toEqual({ totalPages: pages(), remainingPages: 0 });
  });
});

describe('`attached`', () => {
  test('names the database that is copied', async () => {
    db.exec("ATTACH ':memory:' AS other; CREATE TABLE other.entries (b); INSERT INTO other.entries VALUES (5)");
    await db.backup(copy, { attached: 'other' });
    expect(sumIn(copy)).toBe(5);
    await db.backup(copy, { attached: 'main' });
    expect(sumIn(copy)).toBe(SUM);
  });

  test('has to be attached', async () => {
    await expect(db.backup(copy, { attached: 'nobody' })).rejects.toEqual(
      expect.objectContaining({ constructor: SqliteError, code: 'SQLITE_ERROR', message: 'unknown database nobody' }),
    );
  });
});

describe('beside a backup', () => {
  test('the connection reads, writes and iterates', async () => {
    const rows = db.prepare('SELECT b FROM entries').pluck().iterate();
    let read = 0;
    await db.backup(copy, {
      progress() {
        read += rows.next().value;
        expect(db.prepare('SELECT count(*) FROM entries').pluck().get()).toBe(1000);
        return 100;
      },
    });
    rows.return();
    expect(read).toBeGreaterThan(0);
    expect(sumIn(copy)).toBe(SUM);
  });

  test('another connection that writes makes it begin again, and the copy is whole', async () => {
    const other = new Database(db.name);
    let calls = 0;
    await db.backup(copy, {
      progress() {
        calls += 1;
        if (calls === 3) other.exec("INSERT INTO entries VALUES ('from elsewhere', 2)");
        return 60;
      },
    });
    other.close();
    expect(sumIn(copy)).toBe(SUM + 2);
  });
});
