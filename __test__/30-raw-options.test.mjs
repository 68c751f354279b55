import fs from 'node:fs';
import { afterEach, describe, expect, test } from 'vitest';
import { Database } from './support/database.mjs';
import { freshFile } from './support/fresh_file.mjs';
import { expectRefusal, expectSqliteError } from './support/refusals.mjs';
import { startScript } from './support/script.mjs';

const opened = [];
const open = (...args) => {
  const db = new Database(...args);
  opened.push(db);
  return db;
};
afterEach(() => opened.splice(0).forEach((db) => db.close()));

const writesTo = (db) => db.exec('CREATE TABLE entries (a TEXT, b INTEGER)');

describe('`readonly`', () => {
  test('opens an existing file and refuses every write', () => {
    const file = freshFile();
    writesTo(open(file));
    const db = open(file, { readonly: true });
    expect(db).toMatchObject({ readonly: true, memory: false, open: true });
    expect(db.prepare('SELECT * FROM entries').all()).toEqual([]);
    const words = 'attempt to write a readonly database';
    expectSqliteError(() => db.exec('CREATE TABLE more (a)'), 'SQLITE_READONLY', words);
    expectSqliteError(() => db.prepare('INSERT INTO entries VALUES (1, 2)').run(), 'SQLITE_READONLY', words);
  });

  test('refuses a file that does not exist and makes none', () => {
    const file = freshFile();
    expectSqliteError(() => open(file, { readonly: true }), 'SQLITE_CANTOPEN', 'unable to open database file');
    expect(fs.existsSync(file)).toBe(false);
  });

  test('is off by default and when false', () => {
    expect(open(freshFile(), { readonly: false }).readonly).toBe(false);
  });
});

describe('`fileMustExist`', () => {
  test('refuses a file that does not exist and makes none', () => {
    const file = freshFile();
    expectSqliteError(() => open(file, { fileMustExist: true }), 'SQLITE_CANTOPEN', 'unable to open database file');
    expect(fs.existsSync(file)).toBe(false);
  });

  test('opens a file that exists, for writing', () => {
    const file = freshFile();
    writesTo(open(file));
    open(file, { fileMustExist: true }).exec("INSERT INTO entries VALUES ('x', 1)");
  });

  test('agrees with `readonly`', () => {
    const file = freshFile();
    writesTo(open(file));
    expect(open(file, { fileMustExist: true, readonly: true }).readonly).toBe(true);
  });
});

describe('`timeout`', () => {
  const lockedFile = async () => {
    const file = freshFile();
    writesTo(open(file));
    const holder = startScript(
      `const db = new Database(process.argv[1]); db.exec('BEGIN EXCLUSIVE'); console.log('locked'); process.stdin.resume();`,
      { args: [file] },
    );
    expect(await holder.line()).toBe('locked');
    return { file, release: () => (holder.child.kill('SIGKILL'), holder.ended) };
  };
  const millisecondsOf = (call) => {
    const start = performance.now();
    call();
    return performance.now() - start;
  };

  test.each([0, 700])('waits %i milliseconds for another process’s lock, then says SQLITE_BUSY', async (timeout) => {
    const { file, release } = await lockedFile();
    const db = open(file, { timeout });
    const waited = millisecondsOf(() =>
      expectSqliteError(() => db.exec("INSERT INTO entries VALUES ('x', 1)"), 'SQLITE_BUSY', 'database is locked'),
    );
    expect(waited).toBeGreaterThanOrEqual(timeout * 0.9);
    expect(waited).toBeLessThan(timeout + 600);
    await release();
    db.exec("INSERT INTO entries VALUES ('x', 1)");
  });

  test('is 5000 where none is given', () => {
    expect(open(freshFile()).pragma('busy_timeout', { simple: true })).toBe(5000);
    expect(open(freshFile(), { timeout: 1234 }).pragma('busy_timeout', { simple: true })).toBe(1234);
  });

  test.each([-1, 1.5, NaN, Infinity, '100', null, undefined, true, {}, 100n])('refuses %o', (timeout) => {
    expectRefusal(
      () => open(freshFile(), { timeout }),
      TypeError,
      'Expected the "timeout" option to be a positive integer',
    );
  });

  test('refuses more than a 32-bit integer holds', () => {
    expect(open(freshFile(), { timeout: 0x7fffffff }).open).toBe(true);
    expectRefusal(
      () => open(freshFile(), { timeout: 0x80000000 }),
      RangeError,
      'Option "timeout" cannot be greater than 2147483647',
    );
  });
});

describe('what are not options', () => {
  test.each([[true], [1], ['readonly'], [() => {}], [1n]])('%o is refused', (options) => {
    expectRefusal(() => open(freshFile(), options), TypeError, 'Expected second argument to be an options object');
  });

  test.each([[null], [undefined], [{}], [Object.create(null)]])('%o is none', (options) => {
    expect(open(freshFile(), options).open).toBe(true);
  });

  test.each(['readonly', 'fileMustExist'])('`%s` has to be a boolean', (key) => {
    for (const value of [1, 0, 'true', null, undefined, {}, []]) {
      expectRefusal(
        () => open(freshFile(), { [key]: value }),
        TypeError,
        `Expected the "${key}" option to be a boolean`,
      );
    }
  });

  test('`verbose` has to be a function, null or undefined', () => {
    for (const verbose of [1, 'log', true, {}, []]) {
      expectRefusal(() => open(freshFile(), { verbose }), TypeError, 'Expected the "verbose" option to be a function');
    }
    for (const verbose of [null, undefined, () => {}]) expect(open(freshFile(), { verbose }).open).toBe(true);
  });

  test('the misspelled `readOnly` is refused by name', () => {
    const words = 'Misspelled option "readOnly" should be "readonly"';
    expectRefusal(() => open(freshFile(), { readOnly: false }), TypeError, words);
  });

  test('the option `memory` of long ago is refused by name', () => {
    const words = 'Option "memory" was removed in v7.0.0 (use ":memory:" filename instead)';
    expectRefusal(() => open(freshFile(), { memory: true }), TypeError, words);
  });

  test('unknown ones are ignored', () => {
    expect(open(freshFile(), { whatever: 1, logger: 'x' }).open).toBe(true);
  });

  test('inherited ones count, and a getter that throws is heard', () => {
    expect(open(freshFile(), Object.create({ timeout: 77 })).pragma('busy_timeout', { simple: true })).toBe(77);
    const oops = new Error('oops');
    const options = {
      get readonly() {
        throw oops;
      },
    };
    expect(() => open(freshFile(), options)).toThrow(oops);
  });
});
