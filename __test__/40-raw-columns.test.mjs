import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Database } from './support/database.mjs';
import { expectRefusal } from './support/refusals.mjs';

let db;
beforeEach(() => {
  db = new Database(':memory:');
  db.exec('CREATE TABLE entries (a TEXT, b INTEGER, c WHATEVER(3), d)');
});
afterEach(() => db.close());

describe('columns()', () => {
  test('says of each column its name, and where its values come from', () => {
    expect(db.prepare('SELECT a, b AS other FROM entries').columns()).toEqual([
      { name: 'a', column: 'a', table: 'entries', database: 'main', type: 'TEXT' },
      { name: 'other', column: 'b', table: 'entries', database: 'main', type: 'INTEGER' },
    ]);
  });

  test('gives plain objects with these five keys in this order', () => {
    const [column] = db.prepare('SELECT a FROM entries').columns();
    expect(Object.keys(column)).toEqual(['name', 'column', 'table', 'database', 'type']);
    expect(Object.getPrototypeOf(column)).toBe(Object.prototype);
  });

  test('gives the type as it was declared, or null', () => {
    expect(
      db
        .prepare('SELECT c, d FROM entries')
        .columns()
        .map(({ type }) => type),
    ).toEqual(['WHATEVER(3)', null]);
  });

  test('gives null for what an expression cannot know', () => {
    expect(db.prepare('SELECT a || b AS joined, 5 FROM entries').columns()).toEqual([
      { name: 'joined', column: null, table: null, database: null, type: null },
      { name: '5', column: null, table: null, database: null, type: null },
    ]);
  });

  test('gives every one of several columns of one name', () => {
    const columns = db.prepare('SELECT x.a, y.a FROM entries AS x JOIN entries AS y').columns();
    expect(columns.map(({ name, table }) => [name, table])).toEqual([
      ['a', 'entries'],
      ['a', 'entries'],
    ]);
  });

  test('knows attached databases, views and subqueries', () => {
    db.exec(
      "ATTACH ':memory:' AS other; CREATE TABLE other.t (x REAL); CREATE VIEW v AS SELECT b AS seen FROM entries",
    );
    expect(db.prepare('SELECT x FROM other.t').columns()).toEqual([
      { name: 'x', column: 'x', table: 't', database: 'other', type: 'REAL' },
    ]);
    expect(db.prepare('SELECT seen FROM (SELECT * FROM v)').columns()).toEqual([
      { name: 'seen', column: 'b', table: 'entries', database: 'main', type: 'INTEGER' },
    ]);
  });

  test('is there for every statement that returns data', () => {
    expect(
      db
        .prepare('PRAGMA user_version')
        .columns()
        .map(({ name }) => name),
    ).toEqual(['user_version']);
    const [returned] = db.prepare("INSERT INTO entries (a) VALUES ('x') RETURNING a AS kept").columns();
    expect(returned.name).toBe('kept');
    expect(db.prepare('SELECT count(*) FROM entries').pluck().get()).toBe(0);
  });

  test('is refused for statements that return none', () => {
    const words = 'The columns() method is only for statements that return data';
    expectRefusal(() => db.prepare('DELETE FROM entries').columns(), TypeError, words);
    expectRefusal(() => db.prepare('CREATE TABLE more (a)').columns(), TypeError, words);
  });

  test('shows a change of the schema once the statement has run', () => {
    const select = db.prepare('SELECT * FROM entries');
    expect(select.columns()).toHaveLength(4);
    db.exec('ALTER TABLE entries ADD COLUMN e BLOB');
    select.get();
    expect(select.columns().map(({ name, type }) => [name, type])).toContainEqual(['e', 'BLOB']);
  });

  test('answers beside an iterator, also the statement’s own', () => {
    const select = db.prepare('SELECT a FROM entries');
    const rows = select.iterate();
    expect(select.columns()).toHaveLength(1);
    expect(db.prepare('SELECT b FROM entries').columns()).toHaveLength(1);
    rows.return();
  });

  test('is not changed by pluck(), raw() or expand()', () => {
    const select = db.prepare('SELECT a, b FROM entries');
    const columns = select.columns();
    expect(select.pluck().columns()).toEqual(columns);
    expect(select.raw().columns()).toEqual(columns);
    expect(select.expand().columns()).toEqual(columns);
  });
});
