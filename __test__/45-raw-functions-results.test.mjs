import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Database } from './support/database.mjs';
import { expectRefusal, expectSqliteError, thrownBy } from './support/refusals.mjs';

let db;
beforeEach(() => {
  db = new Database(':memory:');
});
afterEach(() => db.close());

const value = (source, ...args) =>
  db
    .prepare(`SELECT ${source}`)
    .pluck()
    .get(...args);
const thrower = (thrown) => () => {
  throw thrown;
};

describe('results', () => {
  test.each([
    [5, 5, 'real'],
    [1.5, 1.5, 'real'],
    [5n, 5, 'integer'],
    ['text', 'text', 'text'],
    ['a\0b', 'a\0b', 'text'],
    ['', '', 'text'],
    [null, null, 'null'],
    [undefined, null, 'null'],
    [NaN, null, 'null'],
    [Buffer.from('ab'), Buffer.from('ab'), 'blob'],
    [Buffer.alloc(0), Buffer.alloc(0), 'blob'],
    [new Uint8Array([7]), Buffer.from([7]), 'blob'],
  ])('%o becomes %o of type %s', (given, expected, type) => {
    db.function('f', () => given);
    expect(db.prepare('SELECT f() AS v, typeof(f()) AS t').get()).toEqual({ v: expected, t: type });
  });

  test.each([[true], [false], [{}], [[]], [[1]], [new Date(0)], [() => {}], [Symbol('x')], [Promise.resolve(1)]])(
    '%o is refused',
    (given) => {
      db.function('some_fn', () => given);
      const words = 'User-defined function some_fn() returned an invalid value';
      expectRefusal(() => value('some_fn()'), TypeError, words);
    },
  );

  test('of any size come back', () => {
    db.function('long', (n) => 'x'.repeat(n));
    db.function('bytes', (n) => Buffer.alloc(n, 7));
    expect(value('long(1000000)')).toHaveLength(1e6);
    expect(value('bytes(1000000)')).toHaveLength(1e6);
  });
});

describe('a throw in the function', () => {
  const values = [
    new Error('oops'),
    new TypeError('oops'),
    { name: 'no error' },
    'text',
    5,
    0,
    '',
    null,
    undefined,
    Symbol.iterator,
  ];

  test.each(values.map((thrown) => [thrown]))('arrives as that very value: %o', (thrown) => {
    db.function('f', thrower(thrown));
    for (const name of ['get', 'all', 'run']) expect(thrownBy(() => db.prepare('SELECT f()')[name]())).toBe(thrown);
    expect(thrownBy(() => db.exec('SELECT f()'))).toBe(thrown);
    const rows = db.prepare('SELECT f()').iterate();
    expect(thrownBy(() => rows.next())).toBe(thrown);
    expect(rows.next().done).toBe(true);
    expect(value('1')).toBe(1);
  });

  test('undoes the statement, and leaves the connection usable', () => {
    db.exec('CREATE TABLE t (a)');
    let calls = 0;
    db.function('third_fails', () => {
      calls += 1;
      if (calls === 3) throw new Error('third');
      return calls;
    });
    const source = 'INSERT INTO t SELECT third_fails() FROM (VALUES (1), (2), (3), (4))';
    expect(() => db.prepare(source).run()).toThrow('third');
    expect(calls).toBe(3);
    expect(db.prepare('SELECT * FROM t').all()).toEqual([]);
    expect(db.prepare(source).run().changes).toBe(4);
  });

  test('is not mistaken for SQLite’s own errors that come later', () => {
    db.function('f', thrower(new Error('mine')));
    expect(() => value('f()')).toThrow('mine');
    expectSqliteError(() => db.prepare('SELECT * FROM nowhere'), 'SQLITE_ERROR', 'no such table: nowhere');
    expectSqliteError(() => db.exec('nonsense'), 'SQLITE_ERROR', 'near "nonsense": syntax error');
  });

  test('rolls back the transaction function around it', () => {
    db.exec('CREATE TABLE t (a)');
    db.function('f', thrower(new Error('mine')));
    const both = db.transaction(() => db.exec('INSERT INTO t VALUES (1); INSERT INTO t VALUES (f())'));
    expect(both).toThrow('mine');
    expect(db.prepare('SELECT * FROM t').all()).toEqual([]);
  });
});
