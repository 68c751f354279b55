import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Database } from './support/database.mjs';
import { BUSY_CONNECTION, BUSY_STATEMENT, expectRefusal, expectSqliteError } from './support/refusals.mjs';

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

const DONE = { value: undefined, done: true };
const select = (rest = '') => db.prepare(`SELECT * FROM entries ${rest}`);

describe('iterate()', () => {
  test('gives the rows one by one', () => {
    let n = 0;
    for (const row of select().iterate()) {
      n += 1;
      expect(row).toEqual({ a: 'foo', b: n });
    }
    expect(n).toBe(10);
  });

  test('gives an iterator that is its own iterable', () => {
    const rows = select().iterate();
    expect(rows[Symbol.iterator]()).toBe(rows);
    expect(typeof rows.next).toBe('function');
    expect(typeof rows.return).toBe('function');
    expect(rows.throw).toBe(undefined);
    rows.return();
  });

  test('gives records of value and done', () => {
    const rows = select('WHERE b < 3').iterate();
    const first = rows.next();
    expect(first).toEqual({ value: { a: 'foo', b: 1 }, done: false });
    expect(Object.keys(first)).toEqual(['value', 'done']);
    expect(rows.next()).toEqual({ value: { a: 'foo', b: 2 }, done: false });
    expect(rows.next()).toEqual(DONE);
    expect(rows.next()).toEqual(DONE);
  });

  test('gives nothing where there are no rows', () => {
    expect([...select('WHERE b > 10').iterate()]).toEqual([]);
    expect(select('WHERE b > 10').iterate().next()).toEqual(DONE);
  });

  test('spreads, destructures and fills collections', () => {
    const [one, two] = select().pluck(false).iterate();
    expect([one.b, two.b]).toEqual([1, 2]);
    expect(new Set(db.prepare('SELECT b FROM entries').pluck().iterate()).size).toBe(10);
    expect(Array.from(db.prepare('SELECT b FROM entries').raw().iterate(), ([b]) => b)).toHaveLength(10);
  });

  test('obeys pluck(), raw(), expand() and safeIntegers()', () => {
    expect([...db.prepare('SELECT b FROM entries WHERE b < 3').pluck().iterate()]).toEqual([1, 2]);
    expect([...select('WHERE b < 3').raw().iterate()]).toEqual([
      ['foo', 1],
      ['foo', 2],
    ]);
    expect([...select('WHERE b = 1').expand().iterate()]).toEqual([{ entries: { a: 'foo', b: 1 } }]);
    expect([...select('WHERE b = 1').safeIntegers().iterate()]).toEqual([{ a: 'foo', b: 1n }]);
  });

  test('binds positions, arrays and names at the call', () => {
    expect([...select('WHERE b > ? AND b < ?').iterate(2, 5)]).toHaveLength(2);
    expect([...select('WHERE b > ? AND b < ?').iterate([2, 5])]).toHaveLength(2);
    expect([...select('WHERE b > @from AND b < @to').iterate({ from: 2, to: 5 })]).toHaveLength(2);
    expectRefusal(() => select('WHERE b > ?').iterate(), RangeError, 'Too few parameter values were provided');
    expectRefusal(() => select().iterate(1), RangeError, 'Too many parameter values were provided');
  });

  test('forgets the values with its end', () => {
    const above = select('WHERE b > ?');
    expect([...above.iterate(8)]).toHaveLength(2);
    expectRefusal(() => above.iterate(), RangeError, 'Too few parameter values were provided');
    for (const row of above.iterate(1)) if (row.b > 3) break;
    expectRefusal(() => above.iterate(), RangeError, 'Too few parameter values were provided');
    expect([...above.iterate(9)]).toHaveLength(1);
  });

  test('runs the statement again with every iterator', () => {
    const statement = select();
    expect([...statement.iterate()]).toHaveLength(10);
    expect([...statement.iterate()]).toHaveLength(10);
  });

  test('runs several statements side by side', () => {
    const pairs = [];
    for (const x of db.prepare('SELECT b FROM entries WHERE b < 4').pluck().iterate()) {
      for (const y of db.prepare('SELECT b FROM entries WHERE b < ?').pluck().iterate(x)) pairs.push([x, y]);
    }
    expect(pairs).toEqual([
      [2, 1],
      [3, 1],
      [3, 2],
    ]);
  });

  test('gives what RETURNING returns', () => {
    expect([...db.prepare('DELETE FROM entries WHERE b > 8 RETURNING b').pluck().iterate()]).toEqual([9, 10]);
    expect(select().all()).toHaveLength(8);
  });

  test('is refused for statements that return no data', () => {
    const words = 'This statement does not return data. Use run() instead';
    expectRefusal(() => db.prepare('DELETE FROM entries').iterate(), TypeError, words);
    expect(select().all()).toHaveLength(10);
  });

  test('follows a change of the schema between two iterations', () => {
    const statement = select('WHERE b = 1');
    expect([...statement.iterate()]).toEqual([{ a: 'foo', b: 1 }]);
    db.exec('ALTER TABLE entries ADD COLUMN c DEFAULT 5');
    expect([...statement.iterate()]).toEqual([{ a: 'foo', b: 1, c: 5 }]);
  });

  test('knows its statement', () => {
    const statement = select();
    const rows = statement.iterate();
    expect(rows.statement).toBe(statement);
    rows.return();
  });

  test('cannot be constructed and refuses an object of another kind', () => {
    const rows = select().iterate();
    const { constructor } = rows;
    expect(() => new constructor(select())).toThrow(TypeError);
    expect(() => rows.next.call({})).toThrow(TypeError);
    expect(() => rows.return.call(db)).toThrow(TypeError);
    rows.return();
  });
});

describe('while an iterator runs', () => {
  test('its statement is busy from iterate() to its end', () => {
    const statement = select();
    expect(statement.busy).toBe(false);
    const rows = statement.iterate();
    expect(statement.busy).toBe(true);
    rows.next();
    expect(statement.busy).toBe(true);
    rows.return();
    expect(statement.busy).toBe(false);
    for (const row of statement.iterate()) {
      expect(row && statement.busy).toBe(true);
    }
    expect(statement.busy).toBe(false);
  });

  test('its statement can neither run, bind nor change how it gives rows', () => {
    const statement = select();
    const rows = statement.iterate();
    const calls = ['run', 'get', 'all', 'iterate', 'bind', 'pluck', 'expand', 'raw', 'safeIntegers'];
    for (const name of calls) expectRefusal(() => statement[name](), TypeError, BUSY_STATEMENT);
    expect(statement.columns()).toHaveLength(2);
    expect(statement.reader).toBe(true);
    rows.return();
    for (const name of calls) statement[name]()?.return?.();
  });

  test('other statements may read, and are prepared as ever', () => {
    const rows = select().iterate();
    rows.next();
    expect(select().get()).toEqual({ a: 'foo', b: 1 });
    expect(select().all()).toHaveLength(10);
    expect([...select().iterate()]).toHaveLength(10);
    rows.return();
  });

  test('the connection does not write, define functions or close', async () => {
    const insert = db.prepare("INSERT INTO entries VALUES ('x', 0)");
    const rows = select().iterate();
    const calls = {
      run: () => insert.run(),
      exec: () => db.exec('SELECT 1'),
      pragma: () => db.pragma('user_version'),
      close: () => db.close(),
      function: () => db.function('f', () => 1),
      aggregate: () => db.aggregate('f', { step: () => 1 }),
      serialize: () => db.serialize(),
      transaction: () => db.transaction(() => {})(),
    };
    for (const call of Object.values(calls)) expectRefusal(call, TypeError, BUSY_CONNECTION);
    rows.return();
    for (const [name, call] of Object.entries(calls)) if (name !== 'close') call();
  });

  test('and several of them: until the last has ended', () => {
    const insert = db.prepare("INSERT INTO entries VALUES ('x', 0)");
    const one = select().iterate();
    const two = select().iterate();
    one.return();
    expectRefusal(() => insert.run(), TypeError, BUSY_CONNECTION);
    two.return();
    expect(insert.run().changes).toBe(1);
  });
});

describe('an iterator ends', () => {
  const insert = () => db.prepare("INSERT INTO entries VALUES ('x', 0)").run().changes;

  test('with its last row', () => {
    for (const row of select().iterate()) expect(row).toBeTruthy();
    expect(insert()).toBe(1);
  });

  test('with `break` and `return`', () => {
    for (const row of select().iterate()) if (row.b === 3) break;
    expect(insert()).toBe(1);
    (() => {
      for (const row of select().iterate()) if (row.b === 3) return;
    })();
    expect(insert()).toBe(1);
  });

  test('with a throw in the loop, which goes on to the caller', () => {
    const oops = new Error('oops');
    expect(() => {
      for (const row of select().iterate()) if (row.b === 3) throw oops;
    }).toThrow(oops);
    expect(insert()).toBe(1);
  });

  test('with return(), before the first row or half-way, as often as one likes', () => {
    const rows = select().iterate();
    expect(rows.return()).toEqual(DONE);
    expect(rows.return()).toEqual(DONE);
    expect(rows.next()).toEqual(DONE);
    expect(insert()).toBe(1);
  });

  test('and an ended one does not end a later one of its statement', () => {
    const statement = select();
    const old = statement.iterate();
    old.return();
    const rows = statement.iterate();
    expect(rows.next().value).toEqual({ a: 'foo', b: 1 });
    old.return();
    expect(old.next()).toEqual(DONE);
    expect(statement.busy).toBe(true);
    expect(rows.next().value).toEqual({ a: 'foo', b: 2 });
    rows.return();
  });

  test('with an error of SQLite, which closes it', () => {
    const rows = db.prepare("SELECT json_extract(CASE b WHEN 3 THEN '{' ELSE '{}' END, '$') FROM entries").iterate();
    rows.next();
    rows.next();
    expectSqliteError(() => rows.next(), 'SQLITE_ERROR', 'malformed JSON');
    expect(rows.next()).toEqual(DONE);
    expect(rows.return()).toEqual(DONE);
    expect(insert()).toBe(1);
  });
});
