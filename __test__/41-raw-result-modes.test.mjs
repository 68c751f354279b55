import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Database } from './support/database.mjs';
import { BUSY_STATEMENT, expectRefusal } from './support/refusals.mjs';

let db;
beforeEach(() => {
  db = new Database(':memory:');
  db.exec(`
    CREATE TABLE zones (id INTEGER, name TEXT);
    CREATE TABLE runs (id INTEGER, zone INTEGER, ok INTEGER);
    INSERT INTO zones VALUES (1, 'Development'), (2, 'Testing');
    INSERT INTO runs VALUES (10, 1, 1), (11, 2, 0);
  `);
});
afterEach(() => db.close());

const joined = () =>
  db.prepare(
    'SELECT runs.*, zones.*, 1 + 1 AS two, 3 AS three FROM runs JOIN zones ON zone = zones.id ORDER BY runs.id',
  );

const results = (statement) => [statement.get(), statement.all(), [...statement.iterate()]];

describe('pluck()', () => {
  test('gives the first column alone', () => {
    const names = db.prepare('SELECT name, id FROM zones').pluck();
    expect(results(names)).toEqual(['Development', ['Development', 'Testing'], ['Development', 'Testing']]);
  });

  test('gives null where the value is, and undefined where no row is', () => {
    expect(db.prepare('SELECT NULL').pluck().get()).toBe(null);
    expect(db.prepare('SELECT name FROM zones WHERE id = 9').pluck().get()).toBe(undefined);
  });
});

describe('raw()', () => {
  test('gives arrays with the values of every column, also of several columns of one name', () => {
    const expected = [
      [10, 1, 1, 1, 'Development', 2, 3],
      [11, 2, 0, 2, 'Testing', 2, 3],
    ];
    expect(results(joined().raw())).toEqual([expected[0], expected, expected]);
  });

  test('gives true arrays, also of many columns', () => {
    const columns = Array.from({ length: 500 }, (_, i) => i);
    const row = db
      .prepare(`SELECT ${columns.join(', ')}`)
      .raw()
      .get();
    expect(Array.isArray(row)).toBe(true);
    expect(row).toEqual(columns);
  });

  test('follows a change of the schema', () => {
    const select = db.prepare('SELECT * FROM zones WHERE id = 1').raw();
    expect(select.get()).toEqual([1, 'Development']);
    db.exec('ALTER TABLE zones ADD COLUMN more DEFAULT 5');
    expect(select.get()).toEqual([1, 'Development', 5]);
  });
});

describe('expand()', () => {
  test('gives an object per table, and `$` for what belongs to none', () => {
    const expected = [
      { runs: { id: 10, zone: 1, ok: 1 }, zones: { id: 1, name: 'Development' }, $: { two: 2, three: 3 } },
      { runs: { id: 11, zone: 2, ok: 0 }, zones: { id: 2, name: 'Testing' }, $: { two: 2, three: 3 } },
    ];
    expect(results(joined().expand())).toEqual([expected[0], expected, expected]);
    expect(Object.keys(joined().expand().get())).toEqual(['runs', 'zones', '$']);
  });

  test('names tables by their own name and not by an alias', () => {
    const row = db.prepare('SELECT z.name AS label FROM zones AS z').expand().get();
    expect(row).toEqual({ zones: { label: 'Development' } });
  });

  test('has the last of several columns of one name and table', () => {
    const row = db.prepare('SELECT x.id, y.id FROM zones AS x JOIN zones AS y ON y.id = 2').expand().get();
    expect(row).toEqual({ zones: { id: 2 } });
  });

  test('gives plain objects', () => {
    const row = joined().expand().get();
    expect(Object.getPrototypeOf(row)).toBe(Object.prototype);
    expect(Object.getPrototypeOf(row.zones)).toBe(Object.prototype);
  });
});

describe.each(['pluck', 'raw', 'expand'])('%s()', (mode) => {
  const inMode = { pluck: 1, raw: [1, 'Development'], expand: { zones: { id: 1, name: 'Development' } } }[mode];
  const asObject = { id: 1, name: 'Development' };
  const select = () => db.prepare('SELECT * FROM zones');

  test('returns the statement', () => {
    const statement = select();
    for (const args of [[], [true], [false]]) expect(statement[mode](...args)).toBe(statement);
  });

  test('is switched on and off as one likes', () => {
    const statement = select();
    expect(statement[mode]().get()).toEqual(inMode);
    expect(statement[mode]().get()).toEqual(inMode);
    expect(statement[mode](false).get()).toEqual(asObject);
    expect(statement[mode](true).get()).toEqual(inMode);
    expect(statement.get()).toEqual(inMode);
  });

  test('takes the place of the other two, and switches only itself off', () => {
    for (const other of ['pluck', 'raw', 'expand'].filter((name) => name !== mode)) {
      expect(select()[other]()[mode]().get()).toEqual(inMode);
      expect(select()[mode]()[other](false).get()).toEqual(inMode);
      expect(select()[other]()[mode]()[mode](false).get()).toEqual(asObject);
    }
  });

  test('has no effect on other statements of the same source', () => {
    select()[mode]();
    expect(select().get()).toEqual(asObject);
  });

  test('takes a boolean', () => {
    for (const value of [1, 0, 'true', null, undefined, {}]) {
      expectRefusal(() => select()[mode](value), TypeError, 'Expected first argument to be a boolean');
    }
  });

  test('is refused for statements that return no data', () => {
    const words = `The ${mode}() method is only for statements that return data`;
    expectRefusal(() => db.prepare('DELETE FROM zones')[mode](), TypeError, words);
    expectRefusal(() => db.prepare('DELETE FROM zones')[mode](false), TypeError, words);
    expect(db.prepare('DELETE FROM zones RETURNING *')[mode]().get()).toEqual(inMode);
  });

  test('is refused while an iterator of the statement runs', () => {
    const statement = select();
    const rows = statement.iterate();
    expectRefusal(() => statement[mode](), TypeError, BUSY_STATEMENT);
    expectRefusal(() => statement[mode](false), TypeError, BUSY_STATEMENT);
    expect(rows.next().value).toEqual(asObject);
    rows.return();
  });

  test('works with RETURNING, VALUES and pragmas', () => {
    const first = (source) => db.prepare(source)[mode]().get();
    expect(first('UPDATE zones SET name = name WHERE id = 1 RETURNING id, name')).toEqual(inMode);
    expect(first('VALUES (7)')).toEqual({ pluck: 7, raw: [7], expand: { $: { column1: 7 } } }[mode]);
    expect(first('PRAGMA user_version')).toEqual({ pluck: 0, raw: [0], expand: { $: { user_version: 0 } } }[mode]);
  });
});
