import fs from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Database } from './support/database.mjs';
import { freshFile } from './support/fresh_file.mjs';
import { BUSY_CONNECTION, NOT_OPEN, expectRefusal } from './support/refusals.mjs';

let file;
let db;
beforeEach(() => {
  file = freshFile();
  db = new Database(file);
});
afterEach(() => db.close());

describe('close()', () => {
  test('returns the database and leaves it closed', () => {
    expect(db.open).toBe(true);
    expect(db.close()).toBe(db);
    expect(db.open).toBe(false);
  });

  test('is harmless when called again', () => {
    db.close();
    expect(db.close()).toBe(db);
    expect(db.close()).toBe(db);
    expect(db.open).toBe(false);
  });

  test('leaves the other properties readable', () => {
    db.exec('BEGIN');
    db.close();
    expect({ ...db }).toEqual({ name: file, open: false, inTransaction: false, readonly: false, memory: false });
  });

  test('rolls an open transaction back', () => {
    db.exec('CREATE TABLE t (a); BEGIN; INSERT INTO t VALUES (1)');
    expect(db.inTransaction).toBe(true);
    db.close();
    expect(db.inTransaction).toBe(false);
    const again = new Database(file);
    expect(again.prepare('SELECT count(*) FROM t').pluck().get()).toBe(0);
    again.close();
  });

  test('folds the write-ahead log into the file and removes it', () => {
    db.pragma('journal_mode = WAL');
    db.exec('CREATE TABLE t (a)');
    expect(fs.existsSync(`${file}-wal`)).toBe(true);
    db.close();
    expect(fs.existsSync(`${file}-wal`)).toBe(false);
    expect(fs.existsSync(`${file}-shm`)).toBe(false);
  });

  test('lets the file be removed and created again', () => {
    db.exec('CREATE TABLE t (a)');
    db.close();
    fs.rmSync(file);
    db = new Database(file);
    expect(db.prepare('SELECT count(*) FROM sqlite_master').pluck().get()).toBe(0);
  });

  test('is refused while an iterator runs, and done once it has ended', () => {
    db.exec('CREATE TABLE t (a); INSERT INTO t VALUES (1), (2)');
    const rows = db.prepare('SELECT * FROM t').iterate();
    expectRefusal(() => db.close(), TypeError, BUSY_CONNECTION);
    rows.next();
    expectRefusal(() => db.close(), TypeError, BUSY_CONNECTION);
    expect(db.open).toBe(true);
    rows.return();
    db.close();
    expect(db.open).toBe(false);
  });

  test('releases a lock that this connection holds', () => {
    const other = new Database(file, { timeout: 0 });
    db.exec('CREATE TABLE t (a); BEGIN EXCLUSIVE');
    expect(() => other.exec('INSERT INTO t VALUES (1)')).toThrow('database is locked');
    db.close();
    other.exec('INSERT INTO t VALUES (1)');
    other.close();
  });
});

describe('a closed connection refuses', () => {
  let select;
  let insert;
  let transaction;
  beforeEach(() => {
    db.exec('CREATE TABLE t (a)');
    select = db.prepare('SELECT * FROM t');
    insert = db.prepare('INSERT INTO t VALUES (?)');
    transaction = db.transaction(() => {});
    db.close();
  });

  const calls = {
    'prepare()': () => db.prepare('SELECT 1'),
    'exec()': () => db.exec('SELECT 1'),
    'exec() of nothing': () => db.exec(''),
    'pragma()': () => db.pragma('cache_size'),
    'explain()': () => db.explain('SELECT 1'),
    'transaction()': () => new Database(':memory:').close().transaction(() => {}),
    'a transaction made earlier': () => transaction(),
    'function()': () => db.function('f', () => {}),
    'aggregate()': () => db.aggregate('f', { step: () => {} }),
    'serialize()': () => db.serialize(),
    'unsafeMode()': () => db.unsafeMode(),
    'run() of its statements': () => insert.run(1),
    'get() of its statements': () => select.get(),
    'all() of its statements': () => select.all(),
    'iterate() of its statements': () => select.iterate(),
    'bind() of its statements': () => insert.bind(1),
    'columns() of its statements': () => select.columns(),
  };
  test.each(Object.keys(calls))('%s', (name) => {
    expectRefusal(calls[name], TypeError, NOT_OPEN);
  });

  test('backup()', async () => {
    await expect(db.backup(freshFile())).rejects.toThrow(new TypeError(NOT_OPEN));
  });

  test('and what asks nothing of it still answers', () => {
    expect(select.busy).toBe(false);
    expect(select.source).toBe('SELECT * FROM t');
    expect(`${select}`).toBe('SELECT * FROM t');
    expect(select.database).toBe(db);
    expect(db.defaultSafeIntegers()).toBe(db);
    expect(select.pluck()).toBe(select);
    expect(select.safeIntegers()).toBe(select);
  });

  test('before it looks at what a statement is for', () => {
    expectRefusal(() => insert.get(1), TypeError, 'This statement does not return data. Use run() instead');
  });
});

test('an iterator that ended before the close stays ended', () => {
  const rows = db.prepare('SELECT 1').iterate();
  expect([...rows]).toHaveLength(1);
  db.close();
  expect(rows.next()).toEqual({ value: undefined, done: true });
  expect(rows.return()).toEqual({ value: undefined, done: true });
});
