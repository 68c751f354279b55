import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Database, isReference } from './support/database.mjs';
import { BUSY_STATEMENT, expectRefusal, expectSqliteError } from './support/refusals.mjs';

let db;
beforeEach(() => {
  db = new Database(':memory:');
  db.exec(`
    CREATE TABLE entries (a TEXT, b INTEGER, c REAL, d BLOB, e TEXT);
    WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers LIMIT 10)
    INSERT INTO entries SELECT 'foo', n, 3.14, x'dddddddd', NULL FROM numbers;
  `);
});
afterEach(() => db.close());

const rowOf = (n) => ({ a: 'foo', b: n, c: 3.14, d: Buffer.alloc(4, 0xdd), e: null });

describe('get()', () => {
  test('gives the first row as an object', () => {
    const select = db.prepare('SELECT * FROM entries ORDER BY b');
    expect(select.get()).toEqual(rowOf(1));
    expect(db.prepare('SELECT * FROM entries WHERE b = 7').get()).toEqual(rowOf(7));
    expect(db.prepare('SELECT * FROM entries ORDER BY b DESC').get()).toEqual(rowOf(10));
  });

  test('starts over at every call', () => {
    const select = db.prepare('SELECT * FROM entries ORDER BY b');
    expect(select.get()).toEqual(rowOf(1));
    expect(select.get()).toEqual(rowOf(1));
    expect(select.get()).not.toBe(select.get());
  });

  test('gives undefined where there is none', () => {
    expect(db.prepare('SELECT * FROM entries WHERE b > 10').get()).toBe(undefined);
    expect(db.prepare('SELECT * FROM entries WHERE b > ?').pluck().get(10)).toBe(undefined);
  });

  test('gives what RETURNING returns, and the statement runs to its end', () => {
    expect(db.prepare('INSERT INTO entries (a) VALUES (?) RETURNING a, rowid').get('x')).toEqual({ a: 'x', rowid: 11 });
    expect(db.prepare('DELETE FROM entries WHERE b > 5 RETURNING b').pluck().get()).toBe(6);
    expect(db.prepare('SELECT max(b) FROM entries').pluck().get()).toBe(5);
  });

  test('is refused for statements that return no data, and runs nothing', () => {
    const words = 'This statement does not return data. Use run() instead';
    expectRefusal(() => db.prepare("INSERT INTO entries (a) VALUES ('x')").get(), TypeError, words);
    expectRefusal(() => db.prepare('CREATE TABLE more (a)').get(), TypeError, words);
    expectRefusal(() => db.prepare('BEGIN').get(), TypeError, words);
    expect(db.inTransaction).toBe(false);
    expect(db.prepare('SELECT count(*) FROM entries').pluck().get()).toBe(10);
  });

  test('may run beside an iterator of another statement, but not of its own', () => {
    const select = db.prepare('SELECT * FROM entries');
    const rows = select.iterate();
    rows.next();
    expectRefusal(() => select.get(), TypeError, BUSY_STATEMENT);
    expect(db.prepare('SELECT * FROM entries WHERE b = 2').get()).toEqual(rowOf(2));
    rows.return();
    expect(select.get()).toEqual(rowOf(1));
  });

  test('says what went wrong while it ran', () => {
    const words = 'integer overflow';
    expectSqliteError(() => db.prepare('SELECT abs(-9223372036854775808)').get(), 'SQLITE_ERROR', words);
    expectSqliteError(() => db.prepare("SELECT json('{')").get(), 'SQLITE_ERROR', 'malformed JSON');
  });
});

describe('the row object', () => {
  test('is a plain object whose keys are the columns in their order', () => {
    const row = db.prepare('SELECT e, a, c FROM entries').get();
    expect(Object.getPrototypeOf(row)).toBe(Object.prototype);
    expect(Object.keys(row)).toEqual(['e', 'a', 'c']);
    expect(Object.getOwnPropertyDescriptor(row, 'a')).toEqual({
      value: 'foo',
      writable: true,
      enumerable: true,
      configurable: true,
    });
  });

  test('has the last of several columns of one name', () => {
    const row = db.prepare('SELECT 1 AS a, 2 AS b, 3 AS a').get();
    expect(row).toEqual({ a: 3, b: 2 });
    expect(Object.keys(row)).toEqual(['a', 'b']);
  });

  test('takes any text as a key', () => {
    const names = [
      '',
      ' ',
      'a b',
      "it's",
      '"',
      '\\',
      '\n',
      '\u2028',
      '${x}',
      '*/',
      'ünïcode',
      '🧭',
      'constructor',
      'class',
      '0',
      '-1',
    ];
    const columns = names.map((name, i) => `${i} AS "${name.replaceAll('"', '""')}"`);
    const row = db.prepare(`SELECT ${columns.join(', ')}`).get();
    for (const [i, name] of names.entries()) expect(row[name], JSON.stringify(name)).toBe(i);
    expect(Object.keys(row)).toHaveLength(names.length);
  });

  test('orders keys that are array indexes as JavaScript does', () => {
    expect(Object.keys(db.prepare('SELECT 1 AS b, 2 AS "2", 3 AS "1"').get())).toEqual(['1', '2', 'b']);
  });

  test('follows a change of the schema under a living statement', () => {
    const select = db.prepare('SELECT * FROM entries WHERE b = 1');
    expect(Object.keys(select.get())).toEqual(['a', 'b', 'c', 'd', 'e']);
    db.exec('ALTER TABLE entries ADD COLUMN f TEXT DEFAULT 7');
    expect(select.get()).toEqual({ ...rowOf(1), f: '7' });
    db.exec('ALTER TABLE entries RENAME COLUMN f TO g');
    expect(select.get()).toEqual({ ...rowOf(1), g: '7' });
    db.exec('ALTER TABLE entries DROP COLUMN g');
    expect(select.get()).toEqual(rowOf(1));
  });

  test('holds as many columns as SQLite allows', () => {
    const columns = Array.from({ length: 2000 }, (_, i) => `${i} AS c${i}`);
    const row = db.prepare(`SELECT ${columns.join(', ')}`).get();
    expect(Object.keys(row)).toHaveLength(2000);
    expect(row).toMatchObject({ c0: 0, c15: 15, c16: 16, c17: 17, c1999: 1999 });
  });
});

describe('a column named __proto__', () => {
  test.skipIf(isReference)('is an ordinary key', () => {
    for (const value of ['text', 7, null, Buffer.from('blob')]) {
      const row = db.prepare('SELECT 1 AS a, ? AS __proto__, 2 AS b').get(value);
      expect(Object.keys(row)).toEqual(['a', '__proto__', 'b']);
      expect(Object.getOwnPropertyDescriptor(row, '__proto__').value).toEqual(value);
      expect(Object.getPrototypeOf(row)).toBe(Object.prototype);
    }
  });

  test('leaves Object.prototype alone', () => {
    db.prepare(`SELECT 'x' AS __proto__, 'y' AS polluted`).get();
    expect({}.polluted).toBe(undefined);
    expect(Object.prototype.toString.call({})).toBe('[object Object]');
  });
});

describe('values', () => {
  const valueOf = (expression) => db.prepare(`SELECT ${expression}`).pluck().get();

  test.each([
    ['1', 1],
    ['-1', -1],
    ['0', 0],
    ['9007199254740991', Number.MAX_SAFE_INTEGER],
    ['-9007199254740991', Number.MIN_SAFE_INTEGER],
    ['9223372036854775807', 2 ** 63],
    ['1.5', 1.5],
    ['-0.0', -0],
    ['9e999', Infinity],
    ['-9e999', -Infinity],
    ['5e-324', 5e-324],
    ["''", ''],
    ["'text'", 'text'],
    ["'é 名前 🧭'", 'é 名前 🧭'],
    ["'a' || char(0) || 'b'", 'a\0b'],
    ['NULL', null],
    ["x''", Buffer.alloc(0)],
    ["x'00ff'", Buffer.from([0, 255])],
    ['zeroblob(3)', Buffer.alloc(3)],
    ['1 = 1', 1],
  ])('%s is %o', (expression, expected) => {
    expect(valueOf(expression)).toEqual(expected);
  });

  test('of type BLOB are Buffers of their own', () => {
    const select = db.prepare("SELECT x'0102'").pluck();
    const one = select.get();
    one[0] = 99;
    expect(Buffer.isBuffer(one)).toBe(true);
    expect(select.get()).toEqual(Buffer.from([1, 2]));
  });

  test('of text that is not UTF-8 come with U+FFFD in the place of what is broken', () => {
    expect(valueOf("CAST(x'61ff62' AS TEXT)")).toBe('a\ufffdb');
  });

  test('come back as they were bound', () => {
    const values = [
      '',
      'a'.repeat(100_000),
      'ÿ',
      'naïve',
      '🧭'.repeat(5000),
      'a\0b',
      0,
      -0,
      1e308,
      0.1,
      null,
      Buffer.alloc(0),
    ];
    const echo = db.prepare('SELECT ?').pluck();
    for (const value of values) expect(echo.get(value)).toEqual(value);
  });

  test('of text with a lone surrogate come back with U+FFFD in its place', () => {
    expect(db.prepare('SELECT ?').pluck().get('a\ud800b')).toBe('a\ufffdb');
  });
});
