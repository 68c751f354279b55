import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Database, isReference } from './support/database.mjs';
import { expectRefusal } from './support/refusals.mjs';

let db;
beforeEach(() => {
  db = new Database(':memory:');
  db.exec('CREATE TABLE entries (a, b, c)');
});
afterEach(() => db.close());

const ONLY_THESE = 'SQLite3 can only bind numbers, strings, bigints, buffers, and null';

const echo = (source, ...args) =>
  db
    .prepare(`SELECT ${source}`)
    .raw()
    .get(...args);

describe('values', () => {
  const stored = (value) => {
    const [type, back] = echo('typeof(@v), @v', { v: value });
    return [type, back];
  };

  test.each([
    [5, 'real', 5],
    [-0, 'real', -0],
    [1.5, 'real', 1.5],
    [Number.MAX_VALUE, 'real', Number.MAX_VALUE],
    [Infinity, 'real', Infinity],
    [NaN, 'null', null],
    [5n, 'integer', 5],
    [-(2n ** 63n), 'integer', -(2 ** 63)],
    ['', 'text', ''],
    ['text', 'text', 'text'],
    ['5', 'text', '5'],
    [null, 'null', null],
    [undefined, 'null', null],
    [Buffer.from('ab'), 'blob', Buffer.from('ab')],
    [Buffer.alloc(0), 'blob', Buffer.alloc(0)],
    [new Uint8Array([1, 2]), 'blob', Buffer.from([1, 2])],
    [new Uint8Array(new Uint8Array([1, 2, 3, 4]).buffer, 1, 2), 'blob', Buffer.from([2, 3])],
  ])('%o is bound as %s', (value, type, back) => {
    expect(stored(value)).toEqual([type, back]);
  });

  test('a number takes the type of an INTEGER column where it fits, as everywhere in SQLite', () => {
    db.exec('CREATE TABLE typed (i INTEGER, t TEXT, r REAL, n)');
    db.prepare('INSERT INTO typed VALUES (?, ?, ?, ?)').run(5, 5, 5n, 5);
    const types = db.prepare('SELECT typeof(i), typeof(t), typeof(r), typeof(n), t FROM typed').raw().get();
    expect(types).toEqual(['integer', 'text', 'real', 'real', '5.0']);
  });

  test.each([
    ['true', true],
    ['false', false],
    ['a symbol', Symbol('x')],
    ['a function', () => {}],
    ['a class', class {}],
    ['a Date', new Date(0)],
    ['a Map', new Map()],
    ['a boxed string', new String('x')],
    ['a boxed number', new Number(5)],
    ['a regular expression', /x/],
    ['a promise', Promise.resolve(1)],
    ['an ArrayBuffer', new ArrayBuffer(4)],
  ])('%s is refused', (_, value) => {
    expectRefusal(() => echo('?', value), TypeError, ONLY_THESE);
    expectRefusal(() => echo('?', [value]), TypeError, ONLY_THESE);
    expectRefusal(() => echo('@a', { a: value }), TypeError, ONLY_THESE);
  });

  test.skipIf(isReference).each([
    ['a Float64Array', new Float64Array(1)],
    ['a Uint16Array', new Uint16Array(1)],
    ['a DataView', new DataView(new ArrayBuffer(2))],
  ])('%s, whose bytes depend on the machine, is refused', (_, value) => {
    expectRefusal(() => echo('?', value), TypeError, ONLY_THESE);
    expectRefusal(() => echo('@a', { a: value }), TypeError, ONLY_THESE);
  });

  test('a plain object or an array is refused as the value of a name', () => {
    expectRefusal(() => echo('@a', { a: {} }), TypeError, ONLY_THESE);
    expectRefusal(() => echo('@a', { a: [1] }), TypeError, ONLY_THESE);
  });

  test.each([[2n ** 63n], [-(2n ** 63n) - 1n], [2n ** 64n], [10n ** 100n]])(
    'the BigInt %o, over 64 bits, is refused',
    (value) => {
      const words = 'The bound string, buffer, or bigint is too big';
      expectRefusal(() => echo('?', value), RangeError, words);
      expectRefusal(() => echo('@a', { a: value }), RangeError, words);
    },
  );

  test('a statement works again after a refusal', () => {
    const select = db.prepare('SELECT ?').pluck();
    expectRefusal(() => select.get(true), TypeError, ONLY_THESE);
    expectRefusal(() => select.get(2n ** 63n), RangeError);
    expect(select.get('fine')).toBe('fine');
  });
});

describe('what a caller’s own code throws while values are read', () => {
  const oops = new Error('oops');
  const thrower = () => {
    throw oops;
  };

  test.each([
    [
      'a getter',
      () => ({
        get a() {
          return thrower();
        },
      }),
    ],
    ['a proxy’s getOwnPropertyDescriptor', () => new Proxy({ a: 1 }, { getOwnPropertyDescriptor: thrower })],
    ['a proxy’s get', () => new Proxy({ a: 1 }, { get: thrower })],
    ['an array’s element', () => Object.defineProperty([0], 0, { get: thrower })],
  ])('%s: arrives as that very value, and the statement works again', (_, make) => {
    const select = db.prepare('SELECT @a').pluck();
    expect(() => select.get(make())).toThrow(oops);
    expect(select.busy).toBe(false);
    expect(select.get({ a: 1 })).toBe(1);
  });

  test('also where it is not an Error at all', () => {
    for (const value of [undefined, null, 5, 'text', Symbol.iterator]) {
      let caught = 'nothing';
      try {
        db.prepare('SELECT @a').get({
          get a() {
            throw value;
          },
        });
      } catch (thrown) {
        caught = thrown;
      }
      expect(caught).toBe(value);
    }
  });
});
