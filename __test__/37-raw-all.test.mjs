import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Database } from './support/database.mjs';
import { BUSY_STATEMENT, expectRefusal, expectSqliteError } from './support/refusals.mjs';

let db;
beforeEach(() => {
  db = new Database(':memory:');
  db.exec(`
    CREATE TABLE entries (a TEXT, b INTEGER);
    WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers LIMIT 10)
    INSERT INTO entries SELECT 'foo', n FROM numbers;
  `);
});
afterEach(() => db.close());

const rows = (...numbers) => numbers.map((b) => ({ a: 'foo', b }));

describe('all()', () => {
  test('gives an array of every row', () => {
    const all = db.prepare('SELECT * FROM entries ORDER BY b').all();
    expect(Array.isArray(all)).toBe(true);
    expect(all).toEqual(rows(1, 2, 3, 4, 5, 6, 7, 8, 9, 10));
    expect(Object.getPrototypeOf(all)).toBe(Array.prototype);
  });

  test('gives an empty array where there are none', () => {
    expect(db.prepare('SELECT * FROM entries WHERE b > 10').all()).toEqual([]);
    expect(db.prepare('SELECT * FROM entries WHERE b > 10').pluck().all()).toEqual([]);
  });

  test('gives a new array and new rows at every call', () => {
    const select = db.prepare('SELECT * FROM entries WHERE b = 1');
    const [first] = select.all();
    first.b = 'changed';
    expect(select.all()).toEqual(rows(1));
  });

  test('binds positions, arrays and names', () => {
    const expected = rows(3, 4);
    expect(db.prepare('SELECT * FROM entries WHERE b > ? AND b < ?').all(2, 5)).toEqual(expected);
    expect(db.prepare('SELECT * FROM entries WHERE b > ? AND b < ?').all([2, 5])).toEqual(expected);
    expect(db.prepare('SELECT * FROM entries WHERE b > @from AND b < @to').all({ from: 2, to: 5 })).toEqual(expected);
    expect(db.prepare('SELECT * FROM entries WHERE b > ? AND b < @to').all(2, { to: 5 })).toEqual(expected);
  });

  test('gives what RETURNING returns', () => {
    expect(db.prepare('UPDATE entries SET a = a || b WHERE b < 3 RETURNING a').all()).toEqual([
      { a: 'foo1' },
      { a: 'foo2' },
    ]);
    expect(db.prepare('DELETE FROM entries RETURNING b').pluck().all()).toHaveLength(10);
    expect(db.prepare('SELECT * FROM entries').all()).toEqual([]);
  });

  test('is refused for statements that return no data, and runs nothing', () => {
    const words = 'This statement does not return data. Use run() instead';
    expectRefusal(() => db.prepare('DELETE FROM entries').all(), TypeError, words);
    expect(db.prepare('SELECT count(*) FROM entries').pluck().get()).toBe(10);
  });

  test('gives nothing at all when it fails half-way, and works again afterwards', () => {
    const select = db.prepare("SELECT json_extract(CASE b WHEN ? THEN '{' ELSE '{}' END, '$') AS j FROM entries");
    expectSqliteError(() => select.all(8), 'SQLITE_ERROR', 'malformed JSON');
    expect(select.all(99)).toHaveLength(10);
  });

  test('may run beside an iterator of another statement, but not of its own', () => {
    const select = db.prepare('SELECT * FROM entries');
    const iterator = select.iterate();
    iterator.next();
    expectRefusal(() => select.all(), TypeError, BUSY_STATEMENT);
    expect(db.prepare('SELECT * FROM entries WHERE b = 2').all()).toEqual(rows(2));
    iterator.return();
    expect(select.all()).toHaveLength(10);
  });

  test.each([1, 31, 32, 33, 1023, 1024, 1025, 2048, 5000])('gives %i rows in their order', (n) => {
    const select = db.prepare(
      'WITH RECURSIVE numbers(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM numbers LIMIT ?) SELECT n, n * 2 AS twice FROM numbers',
    );
    const all = select.all(n);
    expect(all).toHaveLength(n);
    expect(all.every((row, i) => row.n === i && row.twice === i * 2)).toBe(true);
    expect(select.pluck().all(n)).toEqual(Array.from({ length: n }, (_, i) => i));
    expect(select.raw().all(n)).toEqual(Array.from({ length: n }, (_, i) => [i, i * 2]));
  });

  test('gives blobs of every size as they are, each with memory of its own', () => {
    const sizes = [0, 1, 64, 4095, 4096, 4097, 65535, 65536, 65537, 1_000_000];
    db.exec('CREATE TABLE blobs (a, b, c)');
    const insert = db.prepare('INSERT INTO blobs VALUES (?, ?, ?)');
    const bytes = (n) => Buffer.alloc(n, n % 251);
    db.transaction(() => {
      for (let i = 0; i < 500; i += 1) insert.run(bytes(sizes[i % 8]), i, bytes(i));
      for (const size of sizes) insert.run(bytes(size), size, null);
    })();
    const select = db.prepare('SELECT * FROM blobs');
    for (const given of [select.all(), [...select.iterate()]]) {
      expect(given).toHaveLength(500 + sizes.length);
      expect(given.slice(0, 500).every(({ a, b, c }) => a.equals(bytes(sizes[b % 8])) && c.equals(bytes(b)))).toBe(
        true,
      );
      expect(given.slice(500).every(({ a, b }) => a.equals(bytes(b)))).toBe(true);
      expect(given.every(({ a }) => Buffer.isBuffer(a) && a.buffer.byteLength === a.length)).toBe(true);
    }
  });

  test('passes a result of many megabytes', () => {
    const all = db
      .prepare("SELECT printf('%.*c', 1000000, 'x') AS text, zeroblob(1000000) AS bytes FROM entries")
      .all();
    expect(all).toHaveLength(10);
    expect(all.every((row) => row.text.length === 1e6 && row.bytes.length === 1e6)).toBe(true);
  });

  test('does not run setters that somebody put on Object.prototype', () => {
    const poison = { configurable: true, set: () => expect.fail('a setter of the prototype was run') };
    // oxlint-disable-next-line no-extend-native -- what somebody else may have done
    Object.defineProperty(Object.prototype, 'b', poison);
    try {
      expect(db.prepare('SELECT b FROM entries').all()[4].b).toBe(5);
    } finally {
      delete Object.prototype.b;
    }
  });

  test('follows a change of the schema, also of thousands of rows', () => {
    db.exec('CREATE TABLE wide (a, b)');
    const insert = db.prepare('INSERT INTO wide VALUES (?, ?)');
    db.transaction(() => {
      for (let i = 0; i < 6000; i += 1) insert.run(`a${i}`, i);
    })();
    const wide = db.prepare('SELECT * FROM wide');
    expect(wide.all()).toHaveLength(6000);
    db.exec("ALTER TABLE wide ADD COLUMN c DEFAULT 'more'");
    const all = wide.all();
    expect(all).toHaveLength(6000);
    expect(all.every((row, i) => row.a === `a${i}` && row.b === i && row.c === 'more')).toBe(true);
  });
});
