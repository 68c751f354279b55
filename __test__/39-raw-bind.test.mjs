import { runInNewContext } from 'node:vm';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Database } from './support/database.mjs';
import { BUSY_STATEMENT, expectRefusal } from './support/refusals.mjs';

let db;
beforeEach(() => {
  db = new Database(':memory:');
  db.exec('CREATE TABLE entries (a, b, c)');
});
afterEach(() => db.close());

const TOO_FEW = 'Too few parameter values were provided';
const TOO_MANY = 'Too many parameter values were provided';
const MISSING = 'Missing named parameters';
const NOT_PLAIN = 'Named parameters can only be passed within plain objects';
const TWO_OBJECTS = 'You cannot specify named parameters in two different objects';
const ONLY_THESE = 'SQLite3 can only bind numbers, strings, bigints, buffers, and null';

const echo = (source, ...args) =>
  db
    .prepare(`SELECT ${source}`)
    .raw()
    .get(...args);

describe('bind()', () => {
  test('binds for good and returns the statement', () => {
    const select = db.prepare('SELECT ? AS a, ? AS b');
    expect(select.bind('x', 1)).toBe(select);
    expect(select.get()).toEqual({ a: 'x', b: 1 });
    expect(select.all()).toEqual([{ a: 'x', b: 1 }]);
    expect([...select.iterate()]).toEqual([{ a: 'x', b: 1 }]);
  });

  test('binds statements that write as well', () => {
    const insert = db.prepare('INSERT INTO entries VALUES (?, ?, ?)').bind(1, 2, 3);
    insert.run();
    insert.run();
    expect(db.prepare('SELECT * FROM entries').raw().all()).toEqual([
      [1, 2, 3],
      [1, 2, 3],
    ]);
  });

  test('is accepted once', () => {
    const select = db.prepare('SELECT ?').bind(1);
    expectRefusal(() => select.bind(2), TypeError, 'The bind() method can only be invoked once per statement object');
    expectRefusal(() => select.bind(), TypeError, 'The bind() method can only be invoked once per statement object');
    expect(select.pluck().get()).toBe(1);
  });

  test('leaves no room for other values', () => {
    const words = 'This statement already has bound parameters';
    const select = db.prepare('SELECT ?').bind(1);
    for (const name of ['get', 'all', 'iterate']) {
      expectRefusal(() => select[name](2), TypeError, words);
      expectRefusal(() => select[name](null), TypeError, words);
      expectRefusal(() => select[name]({}), TypeError, words);
    }
    expectRefusal(() => db.prepare('INSERT INTO entries VALUES (?, 1, 1)').bind(1).run(2), TypeError, words);
  });

  test('that failed has bound nothing and may be tried again', () => {
    const select = db.prepare('SELECT ?, ?').raw();
    expectRefusal(() => select.bind(1), RangeError, TOO_FEW);
    expectRefusal(() => select.bind(1, {}), RangeError, TOO_FEW);
    expectRefusal(() => select.bind(1, Symbol('x')), TypeError, ONLY_THESE);
    expectRefusal(() => select.get(), RangeError, TOO_FEW);
    expect(select.bind(3, 4).get()).toEqual([3, 4]);
  });

  test('without values suits a statement without parameters', () => {
    const select = db.prepare('SELECT 1').pluck();
    expect(select.bind().get()).toBe(1);
    expectRefusal(() => select.get(5), TypeError, 'This statement already has bound parameters');
  });

  test('copies: what happens to the array, object or buffer later is not seen', () => {
    const values = ['x'];
    const buffer = Buffer.from('abc');
    const one = db.prepare('SELECT ?').pluck().bind(values);
    const two = db.prepare('SELECT ?').pluck().bind(buffer);
    values[0] = 'y';
    buffer.fill(0);
    expect(one.get()).toBe('x');
    expect(two.get()).toEqual(Buffer.from('abc'));
  });

  test('is refused while an iterator of the statement runs', () => {
    const select = db.prepare('SELECT 1');
    const rows = select.iterate();
    expectRefusal(() => select.bind(), TypeError, BUSY_STATEMENT);
    rows.return();
  });
});

describe('parameters by position', () => {
  test('are taken from the arguments, from arrays, and from both mixed', () => {
    expect(echo('?, ?, ?', 1, 2, 3)).toEqual([1, 2, 3]);
    expect(echo('?, ?, ?', [1, 2, 3])).toEqual([1, 2, 3]);
    expect(echo('?, ?, ?', [1], [2, 3])).toEqual([1, 2, 3]);
    expect(echo('?, ?, ?', 1, [2], 3)).toEqual([1, 2, 3]);
    expect(echo('?, ?, ?', [], 1, [], [2, 3], [])).toEqual([1, 2, 3]);
  });

  test('must be as many as the statement has', () => {
    for (const args of [[], [1], [[1]], [[]], [1, []]]) {
      expectRefusal(() => echo('?, ?', ...args), RangeError, TOO_FEW);
    }
    for (const args of [[1, 2, 3], [[1, 2, 3]], [1, [2, 3]], [[1, 2], 3], [1, 2, undefined]]) {
      expectRefusal(() => echo('?, ?', ...args), RangeError, TOO_MANY);
    }
    expectRefusal(() => echo('1', 1), RangeError, TOO_MANY);
    expectRefusal(() => echo('1', undefined), RangeError, TOO_MANY);
    expect(echo('1', [])).toEqual([1]);
  });

  test('may have no holes filled for them: a hole is NULL', () => {
    // eslint-disable-next-line no-sparse-arrays
    expect(echo('?, ?, ?', [1, , 3])).toEqual([1, null, 3]);
  });

  test('are not nested deeper than one array', () => {
    expectRefusal(() => echo('?, ?', [[1, 2]]), TypeError, ONLY_THESE);
  });

  test('as many as SQLite allows', () => {
    const numbers = Array.from({ length: 32766 }, (_, i) => i);
    db.exec('CREATE TABLE t (n)');
    db.prepare(`INSERT INTO t VALUES ${numbers.map(() => '(?)').join(',')}`).run(numbers);
    expect(db.prepare('SELECT count(*), max(n) FROM t').raw().get()).toEqual([32766, 32765]);
  });
});

describe('parameters by name', () => {
  test('are taken from a plain object, whatever their sign', () => {
    expect(echo('@a, :b, $c', { a: 1, b: 2, c: 3 })).toEqual([1, 2, 3]);
    expect(echo('@a, @a, @b', { a: 1, b: 2 })).toEqual([1, 1, 2]);
    expect(echo('@a, :a, $a', { a: 5 })).toEqual([5, 5, 5]);
  });

  test('are taken from an object without a prototype and from one of another realm', () => {
    expect(echo('@a', Object.assign(Object.create(null), { a: 1 }))).toEqual([1]);
    expect(echo('@a', runInNewContext('({ a: 1 })'))).toEqual([1]);
    expect(echo('@a, ?', runInNewContext('({ a: 1 })'), runInNewContext('[2]'))).toEqual([1, 2]);
  });

  test('numbered ones are names as well', () => {
    expect(echo('?1, ?2, ?1', { 1: 'x', 2: 'y' })).toEqual(['x', 'y', 'x']);
    expectRefusal(() => echo('?1, ?2', 'x', 'y'), RangeError, TOO_MANY);
  });

  test('may have any name that SQLite takes', () => {
    expect(echo('@ünï, @_1, @constructor, @length', { ünï: 1, _1: 2, constructor: 3, length: 4 })).toEqual([
      1, 2, 3, 4,
    ]);
  });

  test('may be accompanied by others that the statement does not know', () => {
    expect(echo('@a', { a: 1, b: Symbol('unread'), c: {} })).toEqual([1]);
    expect(echo('1', { a: 1 })).toEqual([1]);
    expect(echo('1', {})).toEqual([1]);
  });

  test('are read through getters, in the order of the parameters', () => {
    const read = [];
    const values = {
      get b() {
        return read.push('b');
      },
      get a() {
        return read.push('a');
      },
    };
    expect(echo('@a, @b, @a', values)).toEqual([1, 2, 1]);
    expect(read).toEqual(['a', 'b']);
  });

  test('that are absent are named', () => {
    expectRefusal(() => echo('@a, @b', { a: 1 }), RangeError, 'Missing named parameter "b"');
    expectRefusal(() => echo(':ünï', {}), RangeError, 'Missing named parameter "ünï"');
    expectRefusal(() => echo('@a, @b'), TypeError, MISSING);
    expectRefusal(() => echo('@a, ?', 1), TypeError, MISSING);
    expectRefusal(() => echo('@a, ?', []), TypeError, MISSING);
  });

  test('have to be the object’s own', () => {
    expectRefusal(() => echo('@toString', {}), RangeError, 'Missing named parameter "toString"');
    expect(echo('@a', { a: undefined })).toEqual([null]);
  });

  test('are taken from one object only', () => {
    expectRefusal(() => echo('@a, @b', { a: 1 }, { b: 2 }), RangeError, 'Missing named parameter "b"');
    expectRefusal(() => echo('@a, @b', { a: 1, b: 2 }, {}), TypeError, TWO_OBJECTS);
    expectRefusal(() => echo('@a', { a: 1 }, { a: 1 }), TypeError, TWO_OBJECTS);
    expectRefusal(() => echo('?', {}, {}), TypeError, TWO_OBJECTS);
  });

  test('are not taken from an object with a class', () => {
    class Row {
      a = 1;
    }
    for (const value of [
      new Row(),
      new Map([['a', 1]]),
      new Date(0),
      Object.create({ a: 1 }),
      () => {},
      new Error('x'),
    ]) {
      expectRefusal(() => echo('@a', value), TypeError, NOT_PLAIN);
    }
  });

  test('are no positions: values beside an object fill only the anonymous ones', () => {
    expect(echo('@a, ?, @b, ?', { a: 1, b: 2 }, 3, 4)).toEqual([1, 3, 2, 4]);
    expect(echo('@a, ?, @b, ?', [3], { a: 1, b: 2 }, 4)).toEqual([1, 3, 2, 4]);
    expectRefusal(() => echo('@a, ?', { a: 1 }), RangeError, TOO_FEW);
    expectRefusal(() => echo('@a, ?', { a: 1 }, 2, 3), RangeError, TOO_MANY);
  });
});
