import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Database } from './support/database.mjs';
import { freshFile } from './support/fresh_file.mjs';
import { BUSY_CONNECTION, BUSY_STATEMENT, expectRefusal, expectSqliteError } from './support/refusals.mjs';

let db;
beforeEach(() => {
  db = new Database(freshFile());
  db.exec('CREATE TABLE entries (a); INSERT INTO entries VALUES (1), (2), (3)');
});
afterEach(() => {
  db.unsafeMode(false).close();
});

describe('unsafeMode()', () => {
  test('returns the database and is switched on and off as one likes', () => {
    expect(db.unsafeMode()).toBe(db);
    expect(db.unsafeMode(true)).toBe(db);
    expect(db.unsafeMode(false)).toBe(db);
  });

  test('takes a boolean', () => {
    for (const value of [1, 0, 'true', null, undefined, {}]) {
      expectRefusal(() => db.unsafeMode(value), TypeError, 'Expected first argument to be a boolean');
    }
  });

  test('lets the connection write beside an iterator, until it is switched off', () => {
    const insert = db.prepare('INSERT INTO entries VALUES (?)');
    const rows = db.prepare('SELECT a FROM entries WHERE a < 4').pluck().iterate();
    rows.next();
    expectRefusal(() => insert.run(10), TypeError, BUSY_CONNECTION);
    db.unsafeMode();
    insert.run(10);
    db.exec('INSERT INTO entries VALUES (11)');
    db.transaction(() => insert.run(12))();
    expect(db.pragma('user_version', { simple: true })).toBe(0);
    db.unsafeMode(false);
    expectRefusal(() => insert.run(13), TypeError, BUSY_CONNECTION);
    expect([...rows]).toEqual([2, 3]);
    expect(db.prepare('SELECT a FROM entries WHERE a > 3').pluck().all()).toEqual([10, 11, 12]);
  });

  test('lets each row of a loop be changed', () => {
    db.unsafeMode();
    const update = db.prepare('UPDATE entries SET a = a * 100 WHERE rowid = ?');
    for (const id of db.prepare('SELECT rowid FROM entries').pluck().iterate()) update.run(id);
    expect(db.prepare('SELECT a FROM entries').pluck().all()).toEqual([100, 200, 300]);
  });

  test('does not let an iterator’s own statement run, nor the connection close or change its functions', () => {
    db.unsafeMode();
    const select = db.prepare('SELECT a FROM entries');
    const rows = select.iterate();
    rows.next();
    for (const name of ['run', 'get', 'all', 'iterate', 'bind']) {
      expectRefusal(() => select[name](), TypeError, BUSY_STATEMENT);
    }
    expectRefusal(() => db.close(), TypeError, BUSY_CONNECTION);
    expectRefusal(() => db.function('f', () => 1), TypeError, BUSY_CONNECTION);
    expectRefusal(() => db.aggregate('f', { step: () => 1 }), TypeError, BUSY_CONNECTION);
    rows.return();
  });

  test('does not let a function call back into its connection', () => {
    db.unsafeMode();
    db.function('back', () => db.exec('SELECT 1'));
    expectRefusal(() => db.prepare('SELECT back()').get(), TypeError, BUSY_CONNECTION);
  });
});

describe('writing the schema’s own table', () => {
  const tamper = () =>
    db.exec("PRAGMA writable_schema = ON; UPDATE sqlite_master SET name = name WHERE name = 'entries'");

  test('is refused: the connection is defensive', () => {
    expectSqliteError(tamper, 'SQLITE_ERROR', 'table sqlite_master may not be modified');
  });

  test('is possible in unsafe mode, and refused again after it', () => {
    db.unsafeMode();
    tamper();
    db.unsafeMode(false);
    expectSqliteError(tamper, 'SQLITE_ERROR', 'table sqlite_master may not be modified');
  });

  test('as is switching the journal off', () => {
    expect(db.pragma('journal_mode = OFF', { simple: true })).toBe('delete');
    db.unsafeMode();
    expect(db.pragma('journal_mode = OFF', { simple: true })).toBe('off');
  });
});
