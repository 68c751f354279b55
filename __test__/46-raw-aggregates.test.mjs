import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Database } from './support/database.mjs';
import { expectRefusal, expectSqliteError, thrownBy } from './support/refusals.mjs';

let db;
beforeEach(() => {
  db = new Database(':memory:');
  db.exec(`
    CREATE TABLE data (day TEXT, x INTEGER);
    INSERT INTO data VALUES ('a', 3), ('a', 5), ('a', 7), ('b', 11), ('b', 13);
    CREATE TABLE empty (x);
  `);
});
afterEach(() => db.close());

const value = (source, ...args) =>
  db
    .prepare(`SELECT ${source}`)
    .pluck()
    .get(...args);
const values = (source) => db.prepare(`SELECT ${source}`).pluck().all();
const thrower = (thrown) => () => {
  throw thrown;
};
const sum = { start: 0, step: (total, x) => total + x };
const sliding = { ...sum, inverse: (total, x) => total - x };

describe('aggregate(name, options)', () => {
  test('folds the rows of a group into one value, and returns the database', () => {
    expect(db.aggregate('add_all', sum)).toBe(db);
    expect(value('add_all(x) FROM data')).toBe(39);
    expect(values('add_all(x) FROM data GROUP BY day')).toEqual([15, 24]);
  });

  test('begins with `start`, NULL where there is none', () => {
    db.aggregate('first', { step: (kept, x) => (kept === null ? x : kept) });
    db.aggregate('from_100', { ...sum, start: 100 });
    expect(value('first(x) FROM data')).toBe(3);
    expect(value('first(x) FROM empty')).toBe(null);
    expect(value('from_100(x) FROM data')).toBe(139);
    expect(value('from_100(x) FROM empty')).toBe(100);
  });

  test('calls `start` for each group where it is a function', () => {
    db.aggregate('list', {
      start: () => [],
      step: (list, x) => {
        list.push(x);
      },
      result: (list) => JSON.stringify(list),
    });
    expect(values('list(x) FROM data GROUP BY day')).toEqual(['[3,5,7]', '[11,13]']);
    expect(value('list(x) FROM empty')).toBe('[]');
  });

  test('keeps the value where `step` returns undefined, and takes null for a value', () => {
    db.aggregate('kept', { start: 5, step: (_, x) => (x ? undefined : x) });
    db.aggregate('nulled', { start: 5, step: (_, x) => (x ? null : x) });
    expect(value('kept(x) FROM data')).toBe(5);
    expect(value('nulled(x) FROM data')).toBe(null);
  });

  test('passes the value through `result`', () => {
    db.aggregate('text_of', { ...sum, result: (total) => `sum ${total}` });
    expect(value('text_of(x) FROM data')).toBe('sum 39');
    expect(value('text_of(x) FROM empty')).toBe('sum 0');
  });

  test('runs several side by side, and together with built-in ones', () => {
    db.aggregate('add_all', sum);
    db.aggregate('most', { start: 0, step: (a, b) => Math.max(a, b) });
    const row = db.prepare('SELECT add_all(x), most(x), add_all(x + 1), count(*) FROM data').raw().get();
    expect(row).toEqual([39, 13, 44, 5]);
  });

  test('obeys DISTINCT and FILTER', () => {
    db.aggregate('add_all', sum);
    db.exec("INSERT INTO data VALUES ('b', 13)");
    expect(value('add_all(DISTINCT x) FROM data')).toBe(39);
    expect(value("add_all(x) FILTER (WHERE day = 'a') FROM data")).toBe(15);
  });

  test('calls its functions without `this`', () => {
    const seen = [];
    const see = (result) =>
      function () {
        seen.push(this);
        return result;
      };
    db.aggregate('f', { start: see(0), step: see(1), result: see(2) });
    expect(value('f() FROM data WHERE x = 3')).toBe(2);
    expect(seen).toEqual([undefined, undefined, undefined]);
  });
});

describe('the number of arguments', () => {
  test('is that of `step` without its first', () => {
    db.aggregate('none', { start: 0, step: (n) => n + 1 });
    db.aggregate('two', { start: 0, step: (n, a, b) => n + a * b });
    db.aggregate('zero', { start: 0, step: () => 7 });
    expect(value('none() FROM data')).toBe(5);
    expect(value('two(x, 2) FROM data')).toBe(78);
    expect(value('zero() FROM data')).toBe(7);
    const words = 'wrong number of arguments to function two()';
    expectSqliteError(() => value('two(x) FROM data'), 'SQLITE_ERROR', words);
  });

  test('is the larger of `step` and `inverse`', () => {
    db.aggregate('f', { start: 0, step: (n) => n, inverse: (n, a, b) => n + a + b });
    expect(value('f(1, 2) FROM data')).toBe(0);
    expectSqliteError(() => value('f() FROM data'), 'SQLITE_ERROR', 'wrong number of arguments to function f()');
  });

  test('is any with `varargs`', () => {
    db.aggregate('f', { varargs: true, start: 0, step: (n, ...args) => n + args.length });
    expect(value('f() FROM data')).toBe(0);
    expect(value('f(1, 2, 3, 4, 5, 6) FROM data')).toBe(30);
  });

  test('may be a hundred, and has to be a number that JavaScript could have given', () => {
    const withLength = (length) => Object.defineProperty(() => 1, 'length', { value: length });
    db.aggregate('hundred', { step: withLength(101) });
    const words = 'User-defined functions cannot have more than 100 arguments';
    expectRefusal(() => db.aggregate('f', { step: withLength(102) }), RangeError, words);
    for (const length of [-1, 1.5, NaN, '2', null]) {
      const invalid = 'Expected function.length to be a positive integer';
      expectRefusal(() => db.aggregate('f', { step: withLength(length) }), TypeError, invalid);
      expectRefusal(() => db.aggregate('f', { step: () => {}, inverse: withLength(length) }), TypeError, invalid);
    }
  });
});

describe('aggregate() refuses', () => {
  test('what is not a name', () => {
    for (const name of [undefined, null, 5, {}]) {
      expectRefusal(() => db.aggregate(name, sum), TypeError, 'Expected first argument to be a string');
    }
    expectRefusal(() => db.aggregate('', sum), TypeError, 'User-defined function name cannot be an empty string');
  });

  test('what are not options', () => {
    for (const options of [undefined, null, 5, 'x', () => {}]) {
      const words = 'Expected second argument to be an options object';
      expectRefusal(() => db.aggregate('f', options), TypeError, words);
    }
  });

  test('options without `step`', () => {
    for (const options of [{}, { start: 0 }, { step: null }, { step: undefined }]) {
      expectRefusal(() => db.aggregate('f', options), TypeError, 'Missing required option "step"');
    }
  });

  test.each(['step', 'inverse', 'result'])('a `%s` that is not a function', (key) => {
    for (const option of [5, 'x', true, {}]) {
      const words = `Expected the "${key}" option to be a function`;
      expectRefusal(() => db.aggregate('f', { step: () => {}, [key]: option }), TypeError, words);
    }
  });

  test.each(['varargs', 'deterministic', 'directOnly', 'safeIntegers'])('a `%s` that is not a boolean', (key) => {
    for (const option of [1, 'true', null, undefined]) {
      const words = `Expected the "${key}" option to be a boolean`;
      expectRefusal(() => db.aggregate('f', { ...sum, [key]: option }), TypeError, words);
    }
  });
});

describe('window functions', () => {
  test('an aggregate is one where it has `inverse`', () => {
    db.aggregate('slide', sliding);
    db.aggregate('fold', sum);
    const window = 'OVER (ORDER BY x ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) FROM data';
    expect(values(`slide(x) ${window}`)).toEqual([3, 8, 12, 18, 24]);
    expectSqliteError(() => values(`fold(x) ${window}`), 'SQLITE_ERROR', 'fold() may not be used as a window function');
  });

  test('over partitions, growing and shrinking frames', () => {
    db.aggregate('slide', sliding);
    const partition = 'slide(x) OVER (PARTITION BY day ORDER BY x) FROM data ORDER BY x';
    expect(values(partition)).toEqual([3, 8, 15, 11, 24]);
    expect(values('slide(x) OVER (ORDER BY x ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING) FROM data')).toEqual([
      39, 36, 31, 24, 13,
    ]);
    expect(values('slide(x) OVER () FROM data')).toEqual([39, 39, 39, 39, 39]);
    expect(values('slide(x) OVER (ROWS BETWEEN 5 FOLLOWING AND 6 FOLLOWING) FROM data')).toEqual([0, 0, 0, 0, 0]);
  });

  test('still work as plain aggregates', () => {
    db.aggregate('slide', sliding);
    expect(value('slide(x) FROM data')).toBe(39);
  });

  test('call `result` for every row, without losing the value', () => {
    db.aggregate('list', {
      start: () => [],
      step: (list, x) => {
        list.push(x);
      },
      inverse: (list) => {
        list.shift();
      },
      result: (list) => list.join('+'),
    });
    const window = 'OVER (ORDER BY x ROWS BETWEEN 1 PRECEDING AND 1 FOLLOWING) FROM data';
    expect(values(`list(x) ${window}`)).toEqual(['3+5', '3+5+7', '5+7+11', '7+11+13', '11+13']);
  });

  test.each(['start', 'step', 'inverse', 'result'])('throw what `%s` throws', (key) => {
    for (const thrown of [new Error('oops'), null, undefined, 'text']) {
      db.aggregate('f', { ...sliding, varargs: true, result: (x) => x, [key]: thrower(thrown) });
      const statement = db.prepare('SELECT f(x) OVER (ORDER BY x ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) FROM data');
      expect(thrownBy(() => statement.all())).toBe(thrown);
      expect(thrownBy(() => [...statement.iterate()])).toBe(thrown);
      expect(value('1')).toBe(1);
    }
  });
});

describe('a throw', () => {
  test.each(['start', 'step', 'result'])(
    'in `%s` arrives as that very value, and the connection stays usable',
    (key) => {
      for (const thrown of [new Error('oops'), { not: 'an error' }, 'text', 5, null, undefined]) {
        db.aggregate('f', {
          varargs: true,
          start: () => 0,
          step: (n, x) => n + x,
          result: (n) => n,
          [key]: thrower(thrown),
        });
        expect(thrownBy(() => value('f(x) FROM data'))).toBe(thrown);
        expect(thrownBy(() => values('f(x) FROM data GROUP BY day'))).toBe(thrown);
        expect(thrownBy(() => db.exec('SELECT f(x) FROM data'))).toBe(thrown);
        expect(value('count(*) FROM data')).toBe(5);
      }
    },
  );

  test('stops the aggregate: no function of it is called afterwards', () => {
    const calls = [];
    db.aggregate('f', {
      start: () => calls.push('start'),
      step: (n, x) => {
        calls.push(x);
        if (x === 5) throw new Error('at five');
      },
      result: () => calls.push('result'),
    });
    expect(() => value('f(x) FROM data')).toThrow('at five');
    expect(calls).toEqual(['start', 3, 5]);
  });
});

describe('results', () => {
  test.each([[true], [{}], [[]], [Symbol('x')], [() => {}]])('%o is refused', (given) => {
    db.aggregate('some_fn', { step: () => {}, result: () => given });
    const words = 'User-defined function some_fn() returned an invalid value';
    expectRefusal(() => value('some_fn() FROM data'), TypeError, words);
    expect(value('1')).toBe(1);
  });

  test('BigInts over 64 bits are refused', () => {
    db.aggregate('some_fn', { start: 2n ** 63n, step: () => {} });
    const words = 'User-defined function some_fn() returned a bigint that was too big';
    expectRefusal(() => value('some_fn() FROM data'), RangeError, words);
  });

  test('an accumulator of any kind is fine as long as `result` gives a value', () => {
    db.aggregate('distinct_of', {
      start: () => new Set(),
      step: (set, x) => void set.add(x),
      result: (set) => set.size,
    });
    expect(value('distinct_of(day) FROM data')).toBe(2);
  });
});

describe('`deterministic` and `directOnly`', () => {
  test('are for aggregates what they are for functions', () => {
    db.aggregate('direct', { ...sum, directOnly: true, deterministic: true });
    expect(value('direct(x) FROM data')).toBe(39);
    db.exec('CREATE VIEW v AS SELECT direct(x) AS x FROM data');
    expectSqliteError(() => value('x FROM v'), 'SQLITE_ERROR', 'unsafe use of direct()');
  });
});

test('a hundred thousand rows pass through an aggregate', () => {
  db.aggregate('add_all', sum);
  const numbers = 'WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n LIMIT 100000)';
  expect(db.prepare(`${numbers} SELECT add_all(x) FROM n`).pluck().get()).toBe(5000050000);
});
