import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Database } from './support/database.mjs';
import { BUSY_CONNECTION, expectRefusal, expectSqliteError } from './support/refusals.mjs';

let db;
beforeEach(() => {
  db = new Database(':memory:');
});
afterEach(() => db.close());

const tables = () => db.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").pluck().all();

describe('exec(source)', () => {
  test('runs one statement and returns the database', () => {
    expect(db.exec('CREATE TABLE entries (a TEXT, b INTEGER)')).toBe(db);
    expect(tables()).toEqual(['entries']);
  });

  test('runs every statement of a script in order', () => {
    db.exec(`
      -- a schema with a comment; and a semicolon in it
      CREATE TABLE one (a TEXT);
      /* another; one */
      CREATE TABLE two (b TEXT);
      CREATE TRIGGER copy AFTER INSERT ON one BEGIN INSERT INTO two VALUES (new.a); END;
      INSERT INTO one VALUES ('x;y'); ;;
    `);
    expect(tables()).toEqual(['one', 'two']);
    expect(db.prepare('SELECT b FROM two').pluck().all()).toEqual(['x;y']);
  });

  test.each([[''], [' \n\t'], [';'], ['-- nothing'], ['/* nothing */ ;']])('does nothing for %j', (source) => {
    expect(db.exec(source)).toBe(db);
  });

  test('runs statements that return data, to their end, and drops the rows', () => {
    db.exec('CREATE TABLE t (a); SELECT 1; INSERT INTO t VALUES (1), (2) RETURNING a; VALUES (1), (2);');
    expect(db.prepare('SELECT count(*) FROM t').pluck().get()).toBe(2);
  });

  test('stops at the first error and keeps what was done before it', () => {
    const words = 'no such table: nowhere';
    expectSqliteError(
      () => db.exec('CREATE TABLE one (a); INSERT INTO nowhere VALUES (1); CREATE TABLE two (a)'),
      'SQLITE_ERROR',
      words,
    );
    expect(tables()).toEqual(['one']);
  });

  test('stops at a syntax error in the same way', () => {
    expectSqliteError(() => db.exec('CREATE TABLE one (a); CREATE TABLE'), 'SQLITE_ERROR', 'incomplete input');
    expect(tables()).toEqual(['one']);
  });

  test('says which constraint failed', () => {
    db.exec('CREATE TABLE t (a UNIQUE); INSERT INTO t VALUES (1)');
    const words = 'UNIQUE constraint failed: t.a';
    expectSqliteError(
      () => db.exec('INSERT INTO t VALUES (2); INSERT INTO t VALUES (1)'),
      'SQLITE_CONSTRAINT_UNIQUE',
      words,
    );
    expect(db.prepare('SELECT a FROM t').pluck().all()).toEqual([1, 2]);
  });

  test('binds nothing: parameters are NULL', () => {
    db.exec('CREATE TABLE t (a); INSERT INTO t VALUES (?), (@a)');
    expect(db.prepare('SELECT a FROM t').pluck().all()).toEqual([null, null]);
  });

  test('leaves a transaction open that the script began', () => {
    db.exec('BEGIN; CREATE TABLE t (a)');
    expect(db.inTransaction).toBe(true);
    db.exec('ROLLBACK');
    expect(db.inTransaction).toBe(false);
    expect(tables()).toEqual([]);
  });

  test('passes long scripts', () => {
    db.exec('CREATE TABLE t (a);' + 'INSERT INTO t VALUES (1);'.repeat(2000));
    expect(db.prepare('SELECT count(*) FROM t').pluck().get()).toBe(2000);
  });

  test.each([[undefined], [null], [123], [{}], [['SELECT 1']], [new String('SELECT 1')]])('refuses %o', (source) => {
    expectRefusal(() => db.exec(source), TypeError, 'Expected first argument to be a string');
  });

  test('is refused beside an iterator, except in unsafe mode', () => {
    const rows = db.prepare('SELECT 1').iterate();
    expectRefusal(() => db.exec('CREATE TABLE t (a)'), TypeError, BUSY_CONNECTION);
    expectRefusal(() => db.exec('SELECT 1'), TypeError, BUSY_CONNECTION);
    db.unsafeMode();
    db.exec('SELECT 1');
    rows.return();
    db.unsafeMode(false);
    db.exec('CREATE TABLE t (a)');
  });
});
