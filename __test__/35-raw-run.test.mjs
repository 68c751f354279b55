import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Database } from './support/database.mjs';
import { BUSY_CONNECTION, BUSY_STATEMENT, expectRefusal, expectSqliteError } from './support/refusals.mjs';

let db;
beforeEach(() => {
  db = new Database(':memory:');
  db.exec('CREATE TABLE entries (a TEXT, b INTEGER, c REAL, d BLOB)');
});
afterEach(() => db.close());

const count = () => db.prepare('SELECT count(*) FROM entries').pluck().get();

describe('run() gives `changes` and `lastInsertRowid`', () => {
  test('as a plain object with just these', () => {
    const info = db.prepare("INSERT INTO entries (a) VALUES ('x')").run();
    expect(info).toEqual({ changes: 1, lastInsertRowid: 1 });
    expect(Object.keys(info)).toEqual(['changes', 'lastInsertRowid']);
    expect(Object.getPrototypeOf(info)).toBe(Object.prototype);
  });

  test('as a new object for every call', () => {
    const insert = db.prepare("INSERT INTO entries (a) VALUES ('x')");
    const first = insert.run();
    const second = insert.run();
    expect(first).toEqual({ changes: 1, lastInsertRowid: 1 });
    expect(second).toEqual({ changes: 1, lastInsertRowid: 2 });
  });

  test('for several rows: all of them, and the last', () => {
    const info = db.prepare("INSERT INTO entries (a) VALUES ('x'), ('y'), ('z')").run();
    expect(info).toEqual({ changes: 3, lastInsertRowid: 3 });
  });

  test('for updates and deletions', () => {
    db.exec("INSERT INTO entries (a, b) VALUES ('x', 1), ('y', 2), ('z', 3)");
    expect(db.prepare('UPDATE entries SET c = 1 WHERE b > 1').run().changes).toBe(2);
    expect(db.prepare('UPDATE entries SET c = 1 WHERE b > 100').run().changes).toBe(0);
    expect(db.prepare('DELETE FROM entries WHERE b < 3').run().changes).toBe(2);
    expect(db.prepare('DELETE FROM entries').run().changes).toBe(1);
    expect(db.prepare('DELETE FROM entries').run().changes).toBe(0);
  });

  test('with no changes for statements that change no rows, whatever ran before', () => {
    db.prepare("INSERT INTO entries (a) VALUES ('x'), ('y')").run();
    for (const source of ['CREATE TABLE more (a)', 'BEGIN', 'COMMIT', 'DROP TABLE more', 'SAVEPOINT a', 'RELEASE a']) {
      expect(db.prepare(source).run().changes, source).toBe(0);
    }
  });

  test('without what triggers and foreign keys changed', () => {
    db.exec(`
      CREATE TABLE log (a);
      CREATE TABLE parents (id INTEGER PRIMARY KEY);
      CREATE TABLE children (parent REFERENCES parents ON DELETE CASCADE);
      CREATE TRIGGER logged AFTER INSERT ON entries BEGIN
        INSERT INTO log VALUES (1), (2), (3);
      END;
      INSERT INTO parents VALUES (1);
      INSERT INTO children VALUES (1), (1), (1);
    `);
    expect(db.prepare("INSERT INTO entries (a) VALUES ('x')").run()).toEqual({ changes: 1, lastInsertRowid: 1 });
    expect(db.prepare('DELETE FROM parents').run().changes).toBe(1);
    expect(db.prepare('SELECT count(*) FROM children').pluck().get()).toBe(0);
  });

  test('with the given rowid, also a negative one and one beyond 32 bits', () => {
    const insert = db.prepare('INSERT INTO entries (rowid) VALUES (?)');
    expect(insert.run(-5).lastInsertRowid).toBe(-5);
    expect(insert.run(2 ** 40).lastInsertRowid).toBe(2 ** 40);
    expect(insert.run(5).lastInsertRowid).toBe(5);
  });

  test('with a BigInt rowid, and changes as a number, in safe integer mode', () => {
    const insert = db.prepare('INSERT INTO entries (rowid) VALUES (?)').safeIntegers();
    expect(insert.run(2n ** 62n)).toEqual({ changes: 1, lastInsertRowid: 2n ** 62n });
    db.defaultSafeIntegers();
    expect(db.prepare('INSERT INTO entries (rowid) VALUES (7)').run()).toEqual({ changes: 1, lastInsertRowid: 7n });
  });

  test('and keeps the last rowid over statements that insert nothing', () => {
    db.prepare('INSERT INTO entries (rowid) VALUES (9)').run();
    expect(db.prepare('UPDATE entries SET a = 1').run().lastInsertRowid).toBe(9);
  });

  test('for an upsert', () => {
    db.exec('CREATE UNIQUE INDEX by_b ON entries (b)');
    const upsert = db.prepare('INSERT INTO entries (a, b) VALUES (?, 1) ON CONFLICT (b) DO UPDATE SET a = excluded.a');
    expect(upsert.run('x')).toEqual({ changes: 1, lastInsertRowid: 1 });
    expect(upsert.run('y').changes).toBe(1);
    expect(db.prepare('SELECT a FROM entries').pluck().all()).toEqual(['y']);
    expect(db.prepare('INSERT OR IGNORE INTO entries (b) VALUES (1)').run().changes).toBe(0);
  });
});

describe('run() on a statement that returns data', () => {
  test('runs it as far as the first row and drops the rows', () => {
    db.exec("INSERT INTO entries (a) VALUES ('x'), ('y')");
    expect(db.prepare('SELECT * FROM entries').run().changes).toBe(0);
    expect(db.prepare('UPDATE entries SET b = 5 RETURNING *').run().changes).toBe(2);
    expect(db.prepare('SELECT b FROM entries').pluck().all()).toEqual([5, 5]);
  });
});

describe('run() binds its arguments for this one execution', () => {
  const select = () => db.prepare('SELECT a, b, c, d FROM entries').all();

  test('positions', () => {
    const insert = db.prepare('INSERT INTO entries VALUES (?, ?, ?, ?)');
    insert.run('x', 1, 1.5, Buffer.from([1, 2]));
    insert.run(null, undefined, null, undefined);
    expect(select()).toEqual([
      { a: 'x', b: 1, c: 1.5, d: Buffer.from([1, 2]) },
      { a: null, b: null, c: null, d: null },
    ]);
  });

  test('an array', () => {
    db.prepare('INSERT INTO entries VALUES (?, ?, ?, ?)').run(['x', 1, 1.5, null]);
    expect(select()).toEqual([{ a: 'x', b: 1, c: 1.5, d: null }]);
  });

  test('names', () => {
    db.prepare('INSERT INTO entries VALUES (@a, :b, $c, @d)').run({ a: 'x', b: 1, c: 1.5, d: null, unused: 5 });
    expect(select()).toEqual([{ a: 'x', b: 1, c: 1.5, d: null }]);
  });

  test('and forgets them, so that too few are never filled up with old ones', () => {
    const insert = db.prepare('INSERT INTO entries (a, b) VALUES (?, ?)');
    insert.run('x', 1);
    expectRefusal(() => insert.run('y'), RangeError, 'Too few parameter values were provided');
    expectRefusal(() => insert.run(), RangeError, 'Too few parameter values were provided');
    expect(count()).toBe(1);
  });
});

describe('run() refuses', () => {
  test('what a constraint forbids, and works again afterwards', () => {
    db.exec('CREATE TABLE t (id INTEGER PRIMARY KEY, a NOT NULL UNIQUE, b CHECK (b > 0))');
    const insert = db.prepare('INSERT INTO t VALUES (?, ?, ?)');
    insert.run(1, 'a', 1);
    const fails = (args, code, words) => expectSqliteError(() => insert.run(...args), code, words);
    fails([1, 'b', 1], 'SQLITE_CONSTRAINT_PRIMARYKEY', 'UNIQUE constraint failed: t.id');
    fails([2, 'a', 1], 'SQLITE_CONSTRAINT_UNIQUE', 'UNIQUE constraint failed: t.a');
    fails([2, null, 1], 'SQLITE_CONSTRAINT_NOTNULL', 'NOT NULL constraint failed: t.a');
    fails([2, 'b', 0], 'SQLITE_CONSTRAINT_CHECK', 'CHECK constraint failed: b > 0');
    fails([1.5, 'b', 1], 'SQLITE_MISMATCH', 'datatype mismatch');
    expect(insert.run(2, 'b', 1).changes).toBe(1);
  });

  test('a broken foreign key: they are enforced from the start', () => {
    db.exec('CREATE TABLE parents (id INTEGER PRIMARY KEY); CREATE TABLE children (parent REFERENCES parents)');
    const words = 'FOREIGN KEY constraint failed';
    expectSqliteError(() => db.prepare('INSERT INTO children VALUES (1)').run(), 'SQLITE_CONSTRAINT_FOREIGNKEY', words);
  });

  test('what a trigger raises', () => {
    db.exec("CREATE TRIGGER no BEFORE INSERT ON entries BEGIN SELECT raise(ABORT, 'not today'); END");
    const insert = db.prepare("INSERT INTO entries (a) VALUES ('x')");
    expectSqliteError(() => insert.run(), 'SQLITE_CONSTRAINT_TRIGGER', 'not today');
  });

  test('any use beside an iterator, except in unsafe mode', () => {
    const insert = db.prepare("INSERT INTO entries (a) VALUES ('x')");
    const select = db.prepare('SELECT 1');
    const rows = select.iterate();
    expectRefusal(() => insert.run(), TypeError, BUSY_CONNECTION);
    expectRefusal(() => db.prepare('SELECT 1').run(), TypeError, BUSY_CONNECTION);
    expectRefusal(() => select.run(), TypeError, BUSY_STATEMENT);
    db.unsafeMode();
    expect(insert.run().changes).toBe(1);
    rows.return();
  });
});

test('one statement runs over and over', () => {
  const insert = db.prepare('INSERT INTO entries (a, b) VALUES (?, ?)');
  db.transaction(() => {
    for (let i = 0; i < 5000; i += 1) insert.run(`a${i}`, i);
  })();
  expect(count()).toBe(5000);
});
