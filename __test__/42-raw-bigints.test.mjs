import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Database } from './support/database.mjs';
import { BUSY_STATEMENT, expectRefusal } from './support/refusals.mjs';

const BIG = 2n ** 62n + 1n;
const MAX = 2n ** 63n - 1n;
const MIN = -(2n ** 63n);

let db;
beforeEach(() => {
  db = new Database(':memory:');
  db.exec('CREATE TABLE entries (a INTEGER, b REAL, c TEXT)');
});
afterEach(() => db.close());

describe('BigInts are bound as integers of 64 bits', () => {
  test('and stored to the last bit', () => {
    const insert = db.prepare('INSERT INTO entries (a) VALUES (?)');
    for (const value of [BIG, MAX, MIN, 0n, -1n]) insert.run(value);
    expect(db.prepare('SELECT a FROM entries').pluck().safeIntegers().all()).toEqual([BIG, MAX, MIN, 0n, -1n]);
    expect(db.prepare('SELECT a, typeof(a) FROM entries').raw().get()).toEqual([Number(BIG), 'integer']);
  });

  test('by position, in arrays and by name', () => {
    const value = db.prepare('SELECT ?').pluck().safeIntegers();
    expect(value.get(BIG)).toBe(BIG);
    expect(value.get([BIG])).toBe(BIG);
    expect(db.prepare('SELECT @a').pluck().safeIntegers().get({ a: BIG })).toBe(BIG);
  });

  test('and become REAL in a column of that type', () => {
    db.prepare('INSERT INTO entries (b) VALUES (?)').run(5n);
    expect(db.prepare('SELECT b FROM entries').pluck().safeIntegers().get()).toBe(5);
  });
});

describe('safeIntegers()', () => {
  test('gives integers as BigInts, and leaves REAL as numbers', () => {
    db.prepare('INSERT INTO entries VALUES (?, ?, ?)').run(BIG, 2.5, 'text');
    const select = db.prepare('SELECT * FROM entries');
    expect(select.get()).toEqual({ a: Number(BIG), b: 2.5, c: 'text' });
    expect(select.safeIntegers().get()).toEqual({ a: BIG, b: 2.5, c: 'text' });
    expect(select.all()).toEqual([{ a: BIG, b: 2.5, c: 'text' }]);
    expect([...select.iterate()]).toEqual([{ a: BIG, b: 2.5, c: 'text' }]);
    expect(select.raw().get()).toEqual([BIG, 2.5, 'text']);
    expect(select.expand().get()).toEqual({ entries: { a: BIG, b: 2.5, c: 'text' } });
    expect(select.pluck().get()).toBe(BIG);
  });

  test('returns the statement and is switched on and off as one likes', () => {
    const one = db.prepare('SELECT 1').pluck();
    expect(one.safeIntegers()).toBe(one);
    expect(one.get()).toBe(1n);
    expect(one.safeIntegers(false).get()).toBe(1);
    expect(one.safeIntegers(true).get()).toBe(1n);
  });

  test('takes a boolean', () => {
    for (const value of [1, 0, 'true', null, undefined, {}]) {
      const words = 'Expected first argument to be a boolean';
      expectRefusal(() => db.prepare('SELECT 1').safeIntegers(value), TypeError, words);
      expectRefusal(() => db.defaultSafeIntegers(value), TypeError, words);
    }
  });

  test('works for statements that return no data, whose last rowid it concerns', () => {
    const insert = db.prepare('INSERT INTO entries (rowid) VALUES (?)').safeIntegers();
    expect(insert.run(BIG)).toEqual({ changes: 1, lastInsertRowid: BIG });
    expect(insert.safeIntegers(false).run(5)).toEqual({ changes: 1, lastInsertRowid: 5 });
  });

  test('is refused while an iterator of the statement runs', () => {
    const select = db.prepare('SELECT 1');
    const rows = select.iterate();
    expectRefusal(() => select.safeIntegers(), TypeError, BUSY_STATEMENT);
    rows.return();
  });
});

describe('defaultSafeIntegers()', () => {
  test('returns the database and concerns statements prepared from then on', () => {
    const before = db.prepare('SELECT 1').pluck();
    expect(db.defaultSafeIntegers()).toBe(db);
    expect(before.get()).toBe(1);
    expect(db.prepare('SELECT 1').pluck().get()).toBe(1n);
    db.defaultSafeIntegers(false);
    expect(db.prepare('SELECT 1').pluck().get()).toBe(1);
    db.defaultSafeIntegers(true);
    expect(db.prepare('SELECT 1').pluck().get()).toBe(1n);
  });

  test('gives way to a statement’s own setting', () => {
    db.defaultSafeIntegers();
    expect(db.prepare('SELECT 1').pluck().safeIntegers(false).get()).toBe(1);
    expect(db.prepare('SELECT 1').safeIntegers(false).safeIntegers().pluck().get()).toBe(1n);
  });

  test('does not concern other connections', () => {
    db.defaultSafeIntegers();
    const other = new Database(':memory:');
    expect(other.prepare('SELECT 1').pluck().get()).toBe(1);
    other.close();
  });

  test('is what functions take for their arguments, as it is when they are registered', () => {
    db.function('kind', (value) => typeof value);
    db.defaultSafeIntegers();
    db.function('kind_then', (value) => typeof value);
    const kinds = db.prepare('SELECT kind(1), kind_then(1), kind_then(1.5)').raw().get();
    expect(kinds).toEqual(['number', 'bigint', 'number']);
  });
});

describe('`safeIntegers` of functions and aggregates', () => {
  test('gives their arguments as BigInts', () => {
    db.function('kind', { safeIntegers: true }, (value) => `${typeof value} ${value}`);
    expect(db.prepare('SELECT kind(?)').pluck().get(BIG)).toBe(`bigint ${BIG}`);
    expect(db.prepare('SELECT kind(?)').pluck().get(5)).toBe('number 5');
    db.aggregate('total_of', { safeIntegers: true, start: 0n, step: (total, next) => total + next });
    const source = 'SELECT total_of(column1) FROM (VALUES (?), (?))';
    expect(db.prepare(source).pluck().safeIntegers().get(BIG, 5n)).toBe(BIG + 5n);
  });

  test('stands above the default of the connection', () => {
    db.defaultSafeIntegers();
    db.function('kind', { safeIntegers: false }, (value) => typeof value);
    expect(db.prepare('SELECT kind(1)').pluck().get()).toBe('number');
  });

  test('has to be a boolean', () => {
    for (const safeIntegers of [1, 'true', null, undefined]) {
      const words = 'Expected the "safeIntegers" option to be a boolean';
      expectRefusal(() => db.function('f', { safeIntegers }, () => {}), TypeError, words);
      expectRefusal(() => db.aggregate('f', { safeIntegers, step: () => {} }), TypeError, words);
    }
  });

  test('BigInts that they return are integers; those over 64 bits are refused', () => {
    db.function('given', () => BIG);
    db.function('too_big', () => 2n ** 63n);
    expect(db.prepare('SELECT given()').pluck().safeIntegers().get()).toBe(BIG);
    expect(db.prepare('SELECT typeof(given())').pluck().get()).toBe('integer');
    expectRefusal(
      () => db.prepare('SELECT too_big()').get(),
      RangeError,
      'User-defined function too_big() returned a bigint that was too big',
    );
  });
});
