import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Database, isReference } from './support/database.mjs';
import { freshFile } from './support/fresh_file.mjs';
import { BUSY_CONNECTION, expectRefusal } from './support/refusals.mjs';
import { runScript } from './support/script.mjs';

// Who calls back into a connection while it runs a statement of its own gets an error, and never a crash.

let db;
let duringVerbose;
let insert;
let select;
let unbound;
let finished;
beforeEach(() => {
  duringVerbose = null;
  db = new Database(':memory:', { verbose: () => duringVerbose?.() });
  db.exec('CREATE TABLE entries (a); INSERT INTO entries VALUES (1), (2), (3)');
  insert = db.prepare('INSERT INTO entries VALUES (?)');
  select = db.prepare('SELECT a FROM entries');
  unbound = db.prepare('SELECT ?');
  finished = db.prepare('SELECT 1').iterate();
  finished.return();
});
afterEach(() => db.close());

const refused = {
  'exec()': () => db.exec('SELECT 1'),
  'prepare()': () => db.prepare('SELECT 1'),
  'pragma()': () => db.pragma('user_version'),
  'explain()': () => db.explain('SELECT 1'),
  'transaction()': () => db.transaction(() => {})(),
  'serialize()': () => db.serialize(),
  'function()': () => db.function('other', () => 1),
  'aggregate()': () => db.aggregate('other', { step: () => 1 }),
  'close()': () => db.close(),
  'run()': () => insert.run(9),
  'run() of a reader': () => select.run(),
  'get()': () => select.get(),
  'all()': () => select.all(),
  'iterate()': () => select.iterate(),
  'next() of an iterator': () => finished.next(),
  'return() of an iterator': () => finished.return(),
  'bind()': () => unbound.bind(1),
  'pluck()': () => select.pluck(),
  'raw()': () => select.raw(),
  'expand()': () => select.expand(),
  'safeIntegers()': () => select.safeIntegers(),
  'columns()': () => select.columns(),
};
const names = Object.keys(refused);

/** Every way in which user code runs in the middle of a statement; each takes what to do there and does it. */
const middles = {
  'a function': (inside) => {
    db.function('back', () => void inside());
    return () => db.prepare('SELECT back()').get();
  },
  'a function called by exec()': (inside) => {
    db.function('back', () => void inside());
    return () => db.exec('SELECT back()');
  },
  'a function called by run()': (inside) => {
    db.function('back', () => void inside());
    return () => db.prepare('INSERT INTO entries SELECT back() WHERE 0 OR back() IS NOT NULL').run();
  },
  'a function called by an iterator': (inside) => {
    db.function('back', () => void inside());
    return () => [...db.prepare('SELECT back()').iterate()];
  },
  'an aggregate’s start': (inside) => {
    db.aggregate('back', { start: () => void inside(), step: () => 1 });
    return () => db.prepare('SELECT back() FROM entries').get();
  },
  'an aggregate’s step': (inside) => {
    db.aggregate('back', { step: () => void inside() });
    return () => db.prepare('SELECT back() FROM entries').all();
  },
  'an aggregate’s result': (inside) => {
    db.aggregate('back', { step: () => 1, result: () => void inside() });
    return () => db.prepare('SELECT back() FROM entries').all();
  },
  'a window function’s inverse': (inside) => {
    db.aggregate('back', { step: () => 1, inverse: () => void inside() });
    return () => db.prepare('SELECT back() OVER (ROWS BETWEEN CURRENT ROW AND CURRENT ROW) FROM entries').all();
  },
  'the verbose logger': (inside) => () => {
    duringVerbose = inside;
    try {
      return select.all();
    } finally {
      duringVerbose = null;
    }
  },
  'the verbose logger of exec()': (inside) => () => {
    duringVerbose = inside;
    try {
      return db.exec('SELECT 1');
    } finally {
      duringVerbose = null;
    }
  },
  'the verbose logger of an iterator': (inside) => () => {
    const rows = select.iterate();
    duringVerbose = inside;
    try {
      return rows.next();
    } finally {
      duringVerbose = null;
      rows.return();
    }
  },
};

describe.each(Object.keys(middles))('in the middle of %s', (middle) => {
  test.each(names)('%s is refused, and the outer statement goes on', (name) => {
    let calls = 0;
    const outer = middles[middle](() => {
      calls += 1;
      expectRefusal(refused[name], TypeError, BUSY_CONNECTION);
    });
    outer();
    expect(calls).toBeGreaterThan(0);
    expect(db.open).toBe(true);
    expect(db.prepare('SELECT a FROM entries').pluck().all()).toEqual([1, 2, 3]);
  });

  test('a refusal that is not caught ends the outer statement with it', () => {
    const outer = middles[middle](() => db.exec('SELECT 1'));
    expectRefusal(() => outer(), TypeError, BUSY_CONNECTION);
    expect(insert.run(4).changes).toBe(1);
    expect(select.all()).toHaveLength(4);
  });

  test('what asks nothing of SQLite answers', async () => {
    const seen = [];
    const outer = middles[middle](() => {
      seen.push(db.open, db.inTransaction, select.busy, `${unbound}`, db.defaultSafeIntegers(false) === db);
    });
    outer();
    expect(seen.slice(0, 5)).toEqual([true, expect.any(Boolean), expect.any(Boolean), 'SELECT ?', true]);
  });

  test('a backup is refused', async () => {
    let backup;
    const outer = middles[middle](() => {
      backup ??= db.backup(freshFile());
      backup.catch(() => {});
    });
    outer();
    // The call itself may come after the statement: it then simply works.
    await backup.catch((error) => expect(error.message).toBe(BUSY_CONNECTION));
    expect(select.all()).toHaveLength(3);
  });
});

describe('another connection', () => {
  test('may be used freely by a function, also on the same file', () => {
    const file = freshFile();
    const other = new Database(file);
    other.exec('CREATE TABLE entries (a); INSERT INTO entries VALUES (1), (2), (3)');
    db.close();
    db = new Database(file);
    db.function('elsewhere', (a) => other.prepare('SELECT count(*) FROM entries WHERE a >= ?').pluck().get(a));
    expect(db.prepare('SELECT elsewhere(a) FROM entries').pluck().all()).toEqual([3, 2, 1]);
    other.close();
  });

  test('may be closed and opened by a function', () => {
    db.function('open_close', () => {
      const other = new Database(':memory:');
      other.exec('CREATE TABLE t (a)');
      other.close();
      return 1;
    });
    expect(db.prepare('SELECT open_close() FROM entries').pluck().all()).toEqual([1, 1, 1]);
  });

  test('is no way round: a function that comes back through it is refused as well', () => {
    const other = new Database(':memory:');
    other.function('back', () => db.prepare('SELECT 1').get());
    db.function('detour', () => other.prepare('SELECT back()').pluck().get());
    expectRefusal(() => db.prepare('SELECT detour()').get(), TypeError, BUSY_CONNECTION);
    expect(other.prepare('SELECT 5').pluck().get()).toBe(5);
    expect(db.prepare('SELECT 5').pluck().get()).toBe(5);
    other.close();
  });
});

describe('values whose getters call back while they are bound', () => {
  test('may run the very same statement', () => {
    const echo = db.prepare('SELECT @a').pluck();
    const inner = {
      get a() {
        return echo.get({ a: 5 });
      },
    };
    expect(echo.get(inner)).toBe(5);
  });

  test.skipIf(isReference)('may close the connection: an error, and no crash', () => {
    const { status, stderr, stdout } = runScript(`
      for (const name of ['get', 'all', 'run', 'iterate', 'bind']) {
        const db = new Database(':memory:');
        const statement = db.prepare('SELECT @a, @b');
        try {
          statement[name]({ get a() { db.close(); return 'x'.repeat(1000); }, b: 'y'.repeat(1000) });
          console.log(name, 'ran');
        } catch (error) {
          console.log(name, error.constructor.name, error.message);
        }
      }
    `);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const lines = stdout.trim().split('\n');
    expect(lines).toHaveLength(5);
    for (const line of lines)
      expect(line).toMatch(/^\w+ TypeError (The database connection is not open|This .* is busy)/);
  });

  test.skipIf(isReference)('may begin an iterator of the very same statement: an error, and no crash', () => {
    const { status, stderr } = runScript(`
      const db = new Database(':memory:');
      const statement = db.prepare('SELECT @a');
      let rows;
      try {
        statement.all({ get a() { rows ??= statement.iterate({ a: 1 }); return 2; } });
      } catch (error) {
        if (!(error instanceof TypeError)) throw error;
      }
      rows?.return();
      if (statement.pluck().get({ a: 7 }) !== 7) throw new Error('the statement is broken');
      db.close();
    `);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  });

  test('may change the array that is being read', () => {
    const values = [0, 0, 0];
    Object.defineProperty(values, 0, {
      get() {
        values.length = 1;
        return 1;
      },
    });
    expect(db.prepare('SELECT ?, ?, ?').raw().get(values)).toEqual([1, null, null]);
  });
});

describe('a stack that overflows', () => {
  test('in a function is a RangeError like any other', () => {
    db.function('deep', function deep() {
      return deep() + 1;
    });
    expectRefusal(() => db.prepare('SELECT deep()').get(), RangeError, /call stack/);
    expect(select.all()).toHaveLength(3);
  });
});
