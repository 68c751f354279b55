import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Database, SqliteError } from './support/database.mjs';
import { expectRefusal, expectSqliteError } from './support/refusals.mjs';

let db;
beforeEach(() => {
  db = new Database(':memory:');
});
afterEach(() => db.close());

const value = (source, ...args) =>
  db
    .prepare(`SELECT ${source}`)
    .pluck()
    .get(...args);
const thrower = (thrown) => () => {
  throw thrown;
};

describe('function(name, options, fn)', () => {
  test('makes a function known to SQL and returns the database', () => {
    expect(db.function('plus', (a, b) => a + b)).toBe(db);
    expect(value('plus(?, ?)', 12, 4)).toBe(16);
    expect(value('plus(?, ?)', 'foo', 'bar')).toBe('foobar');
  });

  test('takes options before the function, or none', () => {
    db.function('one', {}, () => 1);
    db.function('two', null, () => 2);
    db.function('three', undefined, () => 3);
    expect(value('one() + two() + three()')).toBe(6);
  });

  test('finds a function whatever the case of its name', () => {
    db.function('MixedCase', () => 5);
    expect(value('mixedcase() + MIXEDCASE()')).toBe(10);
  });

  test('takes names with spaces, quotes and emoji', () => {
    db.function('a "b" 🧭', () => 7);
    expect(value('"a ""b"" 🧭"()')).toBe(7);
  });

  test('replaces one of the same name and number of arguments, and keeps those of another number', () => {
    db.function('f', (a) => `one ${a}`);
    db.function('f', (a, b) => `two ${a} ${b}`);
    db.function('f', (x) => `new ${x}`);
    expect(value("f('x')")).toBe('new x');
    expect(value("f('x', 'y')")).toBe('two x y');
  });

  test('may replace what SQLite has built in, for this connection only', () => {
    db.function('abs', (x) => `my ${x}`);
    expect(value('abs(-1)')).toBe('my -1');
    const other = new Database(':memory:');
    expect(other.prepare('SELECT abs(-1)').pluck().get()).toBe(1);
    other.close();
  });

  test('refuses what is not a name', () => {
    for (const name of [undefined, null, 5, {}, () => {}, new String('f')]) {
      expectRefusal(() => db.function(name, () => {}), TypeError, 'Expected first argument to be a string');
    }
    expectRefusal(() => db.function('', () => {}), TypeError, 'User-defined function name cannot be an empty string');
  });

  test('refuses what is not a function', () => {
    for (const args of [[], [{}], [null], [{}, null], [{}, {}], ['x', 'y'], [5]]) {
      expectRefusal(() => db.function('f', ...args), TypeError, 'Expected last argument to be a function');
    }
  });

  test('refuses what are not options', () => {
    for (const options of [5, 'x', true, 5n]) {
      expectRefusal(
        () => db.function('f', options, () => {}),
        TypeError,
        'Expected second argument to be an options object',
      );
    }
  });

  test.each(['varargs', 'deterministic', 'directOnly', 'safeIntegers'])('`%s` has to be a boolean', (key) => {
    for (const option of [1, 'true', null, undefined, {}]) {
      const words = `Expected the "${key}" option to be a boolean`;
      expectRefusal(() => db.function('f', { [key]: option }, () => {}), TypeError, words);
    }
  });

  test('refuses a name that SQLite finds too long', () => {
    expect(db.function('f'.repeat(255), () => 1)).toBe(db);
    expectRefusal(() => db.function('f'.repeat(256), () => 1), SqliteError);
    expect(value('1')).toBe(1);
  });

  test('may be called inside a transaction', () => {
    db.exec('BEGIN');
    db.function('f', () => 5);
    expect(value('f()')).toBe(5);
    db.exec('COMMIT');
  });
});

describe('the number of arguments', () => {
  test('is that of the JavaScript function', () => {
    db.function('two', (a, b) => `${a}${b}`);
    const words = 'wrong number of arguments to function two()';
    expectSqliteError(() => value('two(1)'), 'SQLITE_ERROR', words);
    expectSqliteError(() => value('two(1, 2, 3)'), 'SQLITE_ERROR', words);
    expectSqliteError(() => value('two()'), 'SQLITE_ERROR', words);
  });

  test('is any with `varargs`, whatever the function declares', () => {
    db.function('count_of', { varargs: true }, (a, ...rest) => (a === undefined ? 0 : 1 + rest.length));
    expect(value('count_of()')).toBe(0);
    expect(value('count_of(1)')).toBe(1);
    expect(value('count_of(1, 2, 3, 4, 5, 6, 7)')).toBe(7);
  });

  test('may be a hundred, and more only with `varargs`', () => {
    const withLength = (length) => Object.defineProperty((...args) => args.length, 'length', { value: length });
    db.function('hundred', withLength(100));
    expect(value(`hundred(${Array(100).fill(1).join()})`)).toBe(100);
    const words = 'User-defined functions cannot have more than 100 arguments';
    expectRefusal(() => db.function('more', withLength(101)), RangeError, words);
    db.function('any', { varargs: true }, withLength(101));
    expect(value(`any(${Array(127).fill(1).join()})`)).toBe(127);
  });

  test('has to be a number that JavaScript could have given', () => {
    for (const length of [-1, 1.5, NaN, Infinity, '2', null, undefined, {}]) {
      const fn = Object.defineProperty(() => {}, 'length', { value: length });
      expectRefusal(() => db.function('f', fn), TypeError, 'Expected function.length to be a positive integer');
    }
    const oops = new Error('oops');
    const fn = Object.defineProperty(() => {}, 'length', { get: thrower(oops) });
    expect(() => db.function('f', fn)).toThrow(oops);
  });
});

describe('arguments', () => {
  test('arrive as values of JavaScript', () => {
    const seen = [];
    db.function('see', { varargs: true }, (...args) => {
      seen.push(...args);
    });
    value("see(1, 1.5, 'text', NULL, x'00ff', '', x'', -9007199254740991, 'é🧭')");
    expect(seen).toEqual([1, 1.5, 'text', null, Buffer.from([0, 255]), '', Buffer.alloc(0), -9007199254740991, 'é🧭']);
    expect(Buffer.isBuffer(seen[4])).toBe(true);
  });

  test('buffers among them are copies, good for later', () => {
    let kept;
    db.function('keep', (buffer) => {
      kept = buffer;
    });
    db.prepare('SELECT keep(?)').get(Buffer.from('abc'));
    value("'something else', zeroblob(1000)");
    expect(kept).toEqual(Buffer.from('abc'));
  });

  test('`this` is undefined', () => {
    let self = 'unset';
    db.function('f', function () {
      self = this;
    });
    value('f()');
    expect(self).toBe(undefined);
  });
});

describe('`deterministic`', () => {
  test('lets a function stand in an index', () => {
    db.exec('CREATE TABLE t (a)');
    db.function('loose', (x) => x);
    db.function('firm', { deterministic: true }, (x) => x);
    expectSqliteError(
      () => db.exec('CREATE INDEX i ON t (loose(a))'),
      'SQLITE_ERROR',
      'non-deterministic functions prohibited in index expressions',
    );
    db.exec('CREATE INDEX i ON t (firm(a))');
  });

  test('lets SQLite call it once for the same arguments', () => {
    let calls = 0;
    const count = () => {
      calls += 1;
      return 5;
    };
    db.function('often', count);
    db.function('once', { deterministic: true }, count);
    db.exec('CREATE TABLE t (a); INSERT INTO t VALUES (1), (2), (3)');
    db.prepare('SELECT often() FROM t').all();
    expect(calls).toBe(3);
    db.prepare('SELECT once() FROM t').all();
    expect(calls).toBe(4);
  });
});

describe('`directOnly`', () => {
  test('keeps a function out of views, triggers and schemas', () => {
    db.function('loose', () => 1);
    db.function('direct', { directOnly: true }, () => 1);
    db.exec('CREATE VIEW a AS SELECT loose() AS x; CREATE VIEW b AS SELECT direct() AS x');
    expect(value('direct()')).toBe(1);
    expect(value('x FROM a')).toBe(1);
    expectSqliteError(() => value('x FROM b'), 'SQLITE_ERROR', 'unsafe use of direct()');
  });
});

describe('functions called in every place of a statement', () => {
  test('WHERE, ORDER BY, GROUP BY, triggers and CHECK constraints', () => {
    db.function('odd', (x) => x % 2);
    db.exec(`
      CREATE TABLE t (a CHECK (odd(a) IS NOT NULL));
      CREATE TABLE log (a);
      CREATE TRIGGER on_t AFTER INSERT ON t WHEN odd(new.a) BEGIN INSERT INTO log VALUES (odd(new.a)); END;
      INSERT INTO t VALUES (1), (2), (3), (4), (5);
    `);
    expect(db.prepare('SELECT a FROM t WHERE odd(a) ORDER BY a').pluck().all()).toEqual([1, 3, 5]);
    expect(db.prepare('SELECT a FROM t ORDER BY odd(a), a DESC').pluck().all()).toEqual([4, 2, 5, 3, 1]);
    expect(db.prepare('SELECT count(*) FROM t GROUP BY odd(a)').pluck().all()).toEqual([2, 3]);
    expect(db.prepare('SELECT count(*) FROM log').pluck().get()).toBe(3);
  });
});
