import fs from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Database } from './support/database.mjs';
import { freshFile } from './support/fresh_file.mjs';
import { BUSY_CONNECTION, expectRefusal, expectSqliteError } from './support/refusals.mjs';

const opened = [];
const open = (...args) => {
  const database = new Database(...args);
  opened.push(database);
  return database;
};
let db;
beforeEach(() => {
  db = open(freshFile());
  db.exec("CREATE TABLE entries (a TEXT, b INTEGER); INSERT INTO entries VALUES ('x', 1), ('y', 2)");
});
afterEach(() => opened.splice(0).forEach((database) => database.close()));

const rowsOf = (database) => database.prepare('SELECT * FROM entries').raw().all();
const ROWS = [
  ['x', 1],
  ['y', 2],
];

describe('serialize()', () => {
  test('gives the bytes that the file has', () => {
    const bytes = db.serialize();
    expect(Buffer.isBuffer(bytes)).toBe(true);
    expect(bytes).toEqual(fs.readFileSync(db.name));
    expect(bytes.subarray(0, 15).toString()).toBe('SQLite format 3');
  });

  test('gives a copy: later changes of either do not show in the other', () => {
    const bytes = db.serialize();
    const before = Buffer.from(bytes);
    db.exec('DELETE FROM entries');
    expect(bytes).toEqual(before);
    bytes.fill(0);
    expect(db.pragma('integrity_check', { simple: true })).toBe('ok');
  });

  test('gives a whole database also where nothing has been written yet', () => {
    const copy = open(open(':memory:').serialize());
    expect(copy.prepare('SELECT count(*) FROM sqlite_master').pluck().get()).toBe(0);
  });

  test('includes what an open transaction has written', () => {
    db.exec("BEGIN; INSERT INTO entries VALUES ('z', 3)");
    expect(rowsOf(open(db.serialize()))).toHaveLength(3);
    db.exec('ROLLBACK');
    expect(rowsOf(open(db.serialize()))).toEqual(ROWS);
  });

  test('takes the name of an attached database', () => {
    db.exec("ATTACH ':memory:' AS other; CREATE TABLE other.entries (a); INSERT INTO other.entries VALUES (7)");
    expect(rowsOf(open(db.serialize({ attached: 'other' })))).toEqual([[7]]);
    expect(rowsOf(open(db.serialize({ attached: 'main' })))).toEqual(ROWS);
  });

  test('refuses what are not options', () => {
    for (const options of [5, 'main', true, () => {}]) {
      expectRefusal(() => db.serialize(options), TypeError, 'Expected first argument to be an options object');
    }
    for (const attached of [5, null, undefined, {}]) {
      expectRefusal(() => db.serialize({ attached }), TypeError, 'Expected the "attached" option to be a string');
    }
    const words = 'The "attached" option cannot be an empty string';
    expectRefusal(() => db.serialize({ attached: '' }), TypeError, words);
    for (const options of [undefined, null, {}]) expect(db.serialize(options).length).toBeGreaterThan(0);
  });

  test('throws for a database that is not attached', () => {
    expect(() => db.serialize({ attached: 'nobody' })).toThrow();
    expect(db.serialize().length).toBeGreaterThan(0);
  });

  test('is refused while an iterator runs, in unsafe mode too', () => {
    const rows = db.prepare('SELECT 1').iterate();
    expectRefusal(() => db.serialize(), TypeError, BUSY_CONNECTION);
    db.unsafeMode();
    expectRefusal(() => db.serialize(), TypeError, BUSY_CONNECTION);
    rows.return();
    expect(db.serialize().length).toBeGreaterThan(0);
  });
});

describe('new Database(buffer)', () => {
  test('opens a database in memory with what the buffer holds', () => {
    const copy = open(db.serialize());
    expect(copy).toMatchObject({ name: ':memory:', memory: true, open: true, readonly: false });
    expect(rowsOf(copy)).toEqual(ROWS);
  });

  test('copies: neither changes the other afterwards', () => {
    const bytes = db.serialize();
    const before = Buffer.from(bytes);
    const copy = open(bytes);
    copy.exec("INSERT INTO entries VALUES ('z', 3)");
    expect(bytes).toEqual(before);
    bytes.fill(0);
    expect(rowsOf(copy)).toHaveLength(3);
    expect(rowsOf(db)).toEqual(ROWS);
  });

  test('grows as far as it has to', () => {
    const copy = open(db.serialize());
    const insert = copy.prepare("INSERT INTO entries VALUES (printf('%.*c', 10000, 'x'), ?)");
    copy.transaction(() => {
      for (let i = 0; i < 500; i += 1) insert.run(i);
    })();
    expect(copy.pragma('integrity_check', { simple: true })).toBe('ok');
    expect(copy.serialize().length).toBeGreaterThan(5_000_000);
  });

  test('opens an empty buffer as an empty database', () => {
    const copy = open(Buffer.alloc(0));
    copy.exec('CREATE TABLE t (a); INSERT INTO t VALUES (1)');
    expect(copy.prepare('SELECT a FROM t').pluck().get()).toBe(1);
  });

  test('may be for reading only', () => {
    const copy = open(db.serialize(), { readonly: true });
    expect(copy.readonly).toBe(true);
    expect(copy.memory).toBe(true);
    expect(rowsOf(copy)).toEqual(ROWS);
    expectSqliteError(
      () => copy.exec('DELETE FROM entries'),
      'SQLITE_READONLY',
      'attempt to write a readonly database',
    );
  });

  test('takes a part of a larger buffer', () => {
    const bytes = db.serialize();
    const larger = Buffer.concat([Buffer.alloc(100, 7), bytes, Buffer.alloc(100, 7)]);
    expect(rowsOf(open(larger.subarray(100, 100 + bytes.length)))).toEqual(ROWS);
  });

  test('goes round as often as one likes', () => {
    let copy = db;
    for (let i = 0; i < 5; i += 1) {
      copy = open(copy.serialize());
      copy.prepare("INSERT INTO entries VALUES ('more', ?)").run(i);
    }
    expect(rowsOf(copy)).toHaveLength(7);
  });

  test('says at the first use what is no database', () => {
    const copy = open(Buffer.from('this is no database at all, only some text of some length'.repeat(20)));
    expectSqliteError(() => copy.prepare('SELECT * FROM entries').get(), 'SQLITE_NOTADB', 'file is not a database');
  });

  test('is saved to a file by backup()', async () => {
    const file = freshFile();
    await open(db.serialize()).backup(file);
    expect(rowsOf(open(file))).toEqual(ROWS);
  });
});
