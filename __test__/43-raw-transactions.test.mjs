// Long because it is read as a specification: each rule of transactions of the raw handle is a test.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Database } from './support/database.mjs';
import { freshFile } from './support/fresh_file.mjs';
import { BUSY_CONNECTION, expectRefusal, expectSqliteError, thrownBy } from './support/refusals.mjs';

let file;
let db;
let insert;
beforeEach(() => {
  file = freshFile();
  db = new Database(file);
  db.exec('CREATE TABLE data (x UNIQUE); INSERT INTO data VALUES (1), (2), (3)');
  insert = db.prepare('INSERT INTO data VALUES (?)');
});
afterEach(() => db.close());

const stored = (of = db) => of.prepare('SELECT x FROM data ORDER BY rowid').pluck().all();

describe('transaction(fn)', () => {
  test.each([[undefined], [null], [0], ['BEGIN'], [{}], [[]]])('refuses %o', (fn) => {
    expectRefusal(() => db.transaction(fn), TypeError, 'Expected first argument to be a function');
  });

  test('runs nothing by itself', () => {
    db.transaction(() => expect.fail('was called'));
    expect(db.inTransaction).toBe(false);
  });

  test('gives a function with the versions `default`, `deferred`, `immediate`, `exclusive`, and `database`', () => {
    const made = db.transaction(() => {});
    expect(typeof made).toBe('function');
    for (const version of [made, made.deferred, made.immediate, made.exclusive]) {
      expect(version.default).toBe(made);
      expect(version.deferred).toBe(made.deferred);
      expect(version.immediate).toBe(made.immediate);
      expect(version.exclusive).toBe(made.exclusive);
      expect(version.database).toBe(db);
      expect(Object.keys(version)).toEqual(['database']);
      expect(() => {
        version.deferred = null;
      }).toThrow(TypeError);
    }
    expect(new Set([made, made.deferred, made.immediate, made.exclusive]).size).toBe(4);
  });
});

describe('calling it', () => {
  test('runs the function inside a transaction and commits', () => {
    const other = new Database(file);
    db.transaction(() => {
      expect(db.inTransaction).toBe(true);
      insert.run(4);
      expect(stored(other)).toEqual([1, 2, 3]);
    })();
    expect(db.inTransaction).toBe(false);
    expect(stored(other)).toEqual([1, 2, 3, 4]);
    other.close();
  });

  test('passes `this`, the arguments and the result', () => {
    const thing = {};
    const result = {};
    function fn(...args) {
      expect(this).toBe(thing);
      expect(args).toEqual([1, 'two', thing]);
      return result;
    }
    const made = db.transaction(fn);
    for (const version of [made, made.deferred, made.immediate, made.exclusive]) {
      expect(version.call(thing, 1, 'two', thing)).toBe(result);
    }
    thing.method = db.transaction(function () {
      return this;
    });
    expect(thing.method()).toBe(thing);
  });

  test('works as often as one likes', () => {
    const add = db.transaction((x) => insert.run(x).lastInsertRowid);
    expect([add(4), add(5), add(6)]).toEqual([4, 5, 6]);
    expect(stored()).toEqual([1, 2, 3, 4, 5, 6]);
  });

  test('rolls everything back when the function throws, and throws that very value on', () => {
    for (const value of [new Error('oops'), undefined, null, 5, 'text', Symbol.iterator]) {
      const caught = thrownBy(
        db.transaction(() => {
          insert.run(4);
          throw value;
        }),
      );
      expect(caught).toBe(value);
      expect(db.inTransaction).toBe(false);
      expect(stored()).toEqual([1, 2, 3]);
    }
  });

  test('rolls everything back when a statement fails', () => {
    const words = 'UNIQUE constraint failed: data.x';
    const both = db.transaction(() => {
      insert.run(4);
      insert.run(1);
    });
    expectSqliteError(both, 'SQLITE_CONSTRAINT_UNIQUE', words);
    expect(stored()).toEqual([1, 2, 3]);
  });

  test('keeps what was done when the function catches the failure of a statement', () => {
    db.transaction(() => {
      insert.run(4);
      expect(() => insert.run(1)).toThrow();
      expect(db.inTransaction).toBe(true);
      insert.run(5);
    })();
    expect(stored()).toEqual([1, 2, 3, 4, 5]);
  });

  test('rolls back when the commit fails', () => {
    db.exec(`
      CREATE TABLE parents (id INTEGER PRIMARY KEY);
      CREATE TABLE children (parent REFERENCES parents DEFERRABLE INITIALLY DEFERRED);
    `);
    const orphan = db.transaction(() => db.exec('INSERT INTO children VALUES (1)'));
    expectSqliteError(orphan, 'SQLITE_CONSTRAINT_FOREIGNKEY', 'FOREIGN KEY constraint failed');
    expect(db.inTransaction).toBe(false);
    expect(db.prepare('SELECT count(*) FROM children').pluck().get()).toBe(0);
  });

  test('refuses a promise, or anything with a `then`, and rolls back', () => {
    const words = 'Transaction function cannot return a promise';
    // oxlint-disable-next-line unicorn/no-thenable -- it is what is refused
    const thenable = (then) => Object.fromEntries([['then', then]]);
    for (const fn of [async () => insert.run(4), () => (insert.run(4), thenable(() => {}))]) {
      expectRefusal(db.transaction(fn), TypeError, words);
      expect(db.inTransaction).toBe(false);
      expect(stored()).toEqual([1, 2, 3]);
    }
    const harmless = thenable('not a function');
    expect(db.transaction(() => harmless)()).toBe(harmless);
  });

  test('is refused while an iterator runs', () => {
    const rows = db.prepare('SELECT 1').iterate();
    expectRefusal(
      db.transaction(() => expect.fail('was called')),
      TypeError,
      BUSY_CONNECTION,
    );
    rows.return();
    expect(db.transaction(() => 5)()).toBe(5);
  });

  test('does not commit beside an iterator that the function left running', () => {
    let rows;
    const leaky = db.transaction(() => {
      insert.run(4);
      rows = db.prepare('SELECT 1').iterate();
      rows.next();
    });
    expectRefusal(leaky, TypeError, BUSY_CONNECTION);
    rows.return();
    if (db.inTransaction) db.exec('ROLLBACK');
    expect(stored()).toEqual([1, 2, 3]);
  });
});

describe('the versions', () => {
  let other;
  beforeEach(() => {
    other = new Database(file, { timeout: 0 });
  });
  afterEach(() => other.close());
  const otherWrites = () => other.exec('INSERT INTO data VALUES (100)');
  const BUSY = ['SQLITE_BUSY', 'database is locked'];

  test.each(['default', 'deferred'])('`%s` takes no lock before it is needed', (version) => {
    db.transaction(() => otherWrites())[version]();
    expect(stored()).toEqual([1, 2, 3, 100]);
  });

  test('`immediate` takes the write lock at its start, and others may read', () => {
    db.transaction(() => {
      expectSqliteError(otherWrites, ...BUSY);
      expect(stored(other)).toEqual([1, 2, 3]);
    }).immediate();
    otherWrites();
  });

  test('`exclusive` takes the whole file at its start', () => {
    db.transaction(() => {
      expectSqliteError(otherWrites, ...BUSY);
      expectSqliteError(() => stored(other), ...BUSY);
    }).exclusive();
    otherWrites();
  });

  test('a lock that is not to be had is an error before the function is called', () => {
    other.exec('BEGIN IMMEDIATE');
    db.pragma('busy_timeout = 0');
    const made = db.transaction(() => expect.fail('was called'));
    expectSqliteError(made.immediate, ...BUSY);
    expectSqliteError(made.exclusive, ...BUSY);
    expect(db.inTransaction).toBe(false);
    other.exec('ROLLBACK');
  });
});

describe('inside a transaction', () => {
  test('a further one is a savepoint: it is undone alone where its failure is caught', () => {
    const inner = db.transaction((x, fail) => {
      insert.run(x);
      if (fail) throw new Error('inner');
    });
    db.transaction(() => {
      inner(4);
      expect(() => inner(5, true)).toThrow('inner');
      expect(db.inTransaction).toBe(true);
      inner(6);
    })();
    expect(stored()).toEqual([1, 2, 3, 4, 6]);
  });

  test('an inner one is undone with the outer', () => {
    const inner = db.transaction((x) => insert.run(x));
    const outer = db.transaction(() => {
      inner(4);
      throw new Error('outer');
    });
    expect(outer).toThrow('outer');
    expect(stored()).toEqual([1, 2, 3]);
  });

  test('they nest as deep as one likes', () => {
    const nest = db.transaction((depth) => {
      insert.run(depth);
      if (depth < 150) nest(depth + 1);
      if (depth === 120) throw new Error('deep');
    });
    const guarded = db.transaction((depth) => {
      try {
        nest(depth);
      } catch {
        insert.run('caught');
      }
    });
    guarded(100);
    expect(stored()).toEqual([1, 2, 3, 'caught']);
    expect(db.inTransaction).toBe(false);
  });

  test('every version nests, also in one that was begun by hand', () => {
    db.exec('BEGIN');
    const made = db.transaction((x) => insert.run(x));
    made(4);
    made.deferred(5);
    made.immediate(6);
    made.exclusive(7);
    expect(() => made(1)).toThrow('UNIQUE');
    expect(db.inTransaction).toBe(true);
    db.exec('COMMIT');
    expect(stored()).toEqual([1, 2, 3, 4, 5, 6, 7]);
  });

  test('one that SQLite rolls back by itself is over, and the error arrives', () => {
    const outer = db.transaction(() => {
      insert.run(4);
      db.prepare('INSERT OR ROLLBACK INTO data VALUES (1)').run();
    });
    expectSqliteError(outer, 'SQLITE_CONSTRAINT_UNIQUE');
    expect(db.inTransaction).toBe(false);
    expect(stored()).toEqual([1, 2, 3]);
    expect(db.transaction(() => insert.run(5).changes)()).toBe(1);
  });

  test('what a trigger rolls back is over in the same way', () => {
    db.exec("CREATE TRIGGER t BEFORE INSERT ON data WHEN new.x = 9 BEGIN SELECT raise(ROLLBACK, 'no nines'); END");
    const inner = db.transaction(() => insert.run(9));
    const outer = db.transaction(() => {
      insert.run(4);
      inner();
    });
    expectSqliteError(outer, 'SQLITE_CONSTRAINT_TRIGGER', 'no nines');
    expect(db.inTransaction).toBe(false);
    expect(stored()).toEqual([1, 2, 3]);
  });
});

describe('`inTransaction`', () => {
  test('tells of transactions however they were begun', () => {
    expect(db.inTransaction).toBe(false);
    db.prepare('BEGIN').run();
    expect(db.inTransaction).toBe(true);
    db.prepare('COMMIT').run();
    expect(db.inTransaction).toBe(false);
    db.exec('SAVEPOINT s');
    expect(db.inTransaction).toBe(true);
    db.exec('RELEASE s');
    expect(db.inTransaction).toBe(false);
  });
});

test('transaction() is refused on an object of another kind', () => {
  const { transaction } = db;
  expect(() => transaction.call({}, () => {})).toThrow();
});
