import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Database } from './support/database.mjs';
import { freshFile } from './support/fresh_file.mjs';
import { BUSY_CONNECTION, expectRefusal, expectSqliteError } from './support/refusals.mjs';

let db;
beforeEach(() => {
  db = new Database(freshFile());
});
afterEach(() => db.close());

describe('pragma(source)', () => {
  test('gives the rows', () => {
    expect(db.pragma('journal_mode')).toEqual([{ journal_mode: 'delete' }]);
    db.exec('CREATE TABLE t (a TEXT PRIMARY KEY, b INTEGER)');
    expect(db.pragma('table_info(t)').map((column) => column.name)).toEqual(['a', 'b']);
  });

  test('sets values for the connection', () => {
    expect(db.pragma('cache_size')).toEqual([{ cache_size: -16000 }]);
    db.pragma('cache_size = 1234');
    expect(db.pragma('cache_size')).toEqual([{ cache_size: 1234 }]);
  });

  test('gives no rows where the pragma says nothing', () => {
    expect(db.pragma('cache_size = 99')).toEqual([]);
    expect(db.pragma('foreign_key_check')).toEqual([]);
  });

  test('gives no rows for a pragma that SQLite does not know', () => {
    expect(db.pragma('no_such_pragma')).toEqual([]);
    expect(db.pragma('no_such_pragma', { simple: true })).toBe(undefined);
  });

  test('takes effect once, at the call', () => {
    expect(db.pragma('user_version = 5')).toEqual([]);
    expect(db.pragma('user_version', { simple: true })).toBe(5);
    expect(db.prepare('SELECT user_version FROM pragma_user_version').pluck().get()).toBe(5);
  });

  test('switches to the write-ahead log', () => {
    expect(db.pragma('journal_mode = WAL')).toEqual([{ journal_mode: 'wal' }]);
    expect(db.pragma('journal_mode', { simple: true })).toBe('wal');
  });

  test('takes a trailing semicolon, comments and capital letters', () => {
    expect(db.pragma('USER_VERSION;')).toEqual([{ user_version: 0 }]);
    expect(db.pragma('user_version -- of the schema')).toEqual([{ user_version: 0 }]);
  });

  test('obeys `defaultSafeIntegers`', () => {
    db.defaultSafeIntegers();
    expect(db.pragma('user_version', { simple: true })).toBe(0n);
  });

  test('runs inside a transaction', () => {
    db.transaction(() => db.pragma('user_version = 3'))();
    expect(db.pragma('user_version', { simple: true })).toBe(3);
  });
});

describe('`simple`', () => {
  test('gives the first column of the first row', () => {
    expect(db.pragma('cache_size', { simple: true })).toBe(-16000);
    expect(db.pragma('journal_mode', { simple: true })).toBe('delete');
    db.exec('CREATE TABLE t (a, b)');
    expect(db.pragma('table_info(t)', { simple: true })).toBe(0);
  });

  test('gives undefined where there are no rows', () => {
    expect(db.pragma('table_info(nobody)', { simple: true })).toBe(undefined);
  });

  test('is off by default and when false', () => {
    for (const options of [undefined, null, {}, { simple: false }]) {
      expect(db.pragma('cache_size', options)).toEqual([{ cache_size: -16000 }]);
    }
  });

  test('has to be a boolean', () => {
    for (const simple of [0, 1, 'true', null, undefined, {}]) {
      const words = 'Expected the "simple" option to be a boolean';
      expectRefusal(() => db.pragma('cache_size', { simple }), TypeError, words);
    }
  });
});

describe('pragma() refuses', () => {
  test.each([[undefined], [null], [123], [{}], [[]], [() => {}], [new String('cache_size')]])(
    '%o as a source',
    (source) => {
      expectRefusal(() => db.pragma(source), TypeError, 'Expected first argument to be a string');
    },
  );

  test.each([[true], [1], ['simple'], [() => {}]])('%o as options', (options) => {
    const words = 'Expected second argument to be an options object';
    expectRefusal(() => db.pragma('cache_size', options), TypeError, words);
  });

  test('what SQLite cannot parse', () => {
    expectSqliteError(() => db.pragma('*foo*'), 'SQLITE_ERROR', 'near "*": syntax error');
    expectSqliteError(() => db.pragma(''), 'SQLITE_ERROR', 'incomplete input');
  });

  test('two statements in one', () => {
    const words = 'The supplied SQL string contains more than one statement';
    expectRefusal(() => db.pragma('user_version = 7; SELECT 1'), RangeError, words);
    expect(db.pragma('user_version', { simple: true })).toBe(0);
  });

  test('to run beside an iterator, except in unsafe mode', () => {
    const rows = db.prepare('SELECT 1').iterate();
    expectRefusal(() => db.pragma('user_version'), TypeError, BUSY_CONNECTION);
    db.unsafeMode();
    expect(db.pragma('user_version', { simple: true })).toBe(0);
    rows.return();
  });
});
