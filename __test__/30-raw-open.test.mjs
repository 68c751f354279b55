import fs from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { inspect } from 'node:util';
import { afterEach, describe, expect, test } from 'vitest';
import { Database, SqliteError, isReference } from './support/database.mjs';
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

describe('new Database(file)', () => {
  test('makes the file and opens it at once', () => {
    const file = freshFile();
    const db = open(file);
    expect(fs.existsSync(file)).toBe(true);
    expect(db).toMatchObject({ name: file, open: true, readonly: false, memory: false, inTransaction: false });
    writesTo(db);
    expect(db.prepare('SELECT count(*) FROM entries').pluck().get()).toBe(0);
  });

  test('opens a file again with what was written to it', () => {
    const file = freshFile();
    const first = open(file);
    writesTo(first);
    first.prepare("INSERT INTO entries VALUES ('foo', 1)").run();
    first.close();
    expect(open(file).prepare('SELECT a FROM entries').pluck().all()).toEqual(['foo']);
  });

  test('works without `new`', () => {
    const db = Database(freshFile());
    opened.push(db);
    expect(db).toBeInstanceOf(Database);
    expect(db.constructor).toBe(Database);
    expect(Object.getPrototypeOf(db)).toBe(Database.prototype);
  });

  test('opens two connections on one file, which see each other’s commits', () => {
    const file = freshFile();
    const one = open(file);
    const other = open(file);
    writesTo(one);
    one.exec("INSERT INTO entries VALUES ('x', 1)");
    expect(other.prepare('SELECT b FROM entries').pluck().get()).toBe(1);
  });

  test('accepts names with spaces, quotes, percent signs, emoji and other scripts', () => {
    const file = freshFile("zone's 100% ünïcode 🧭 — 名前.db");
    const db = open(file);
    writesTo(db);
    expect(db.name).toBe(file);
    expect(fs.existsSync(file)).toBe(true);
  });

  test('keeps the name as it was given and ignores white space around the path', () => {
    const file = freshFile();
    const db = open(`  ${file}\n`);
    writesTo(db);
    expect(db.name).toBe(`  ${file}\n`);
    expect(fs.existsSync(file)).toBe(true);
  });

  test('takes a relative path from the current directory', () => {
    const file = path.relative(process.cwd(), freshFile());
    writesTo(open(file));
    expect(fs.existsSync(path.resolve(file))).toBe(true);
  });

  test('is the class of what it makes, also where it is extended', () => {
    class Canvas extends Database {
      tables() {
        return this.prepare('SELECT count(*) FROM sqlite_master').pluck().get();
      }
    }
    const db = new Canvas(':memory:');
    opened.push(db);
    expect(db).toBeInstanceOf(Canvas);
    expect(db).toBeInstanceOf(Database);
    expect(db.tables()).toBe(0);
  });

  test('carries its error class', () => {
    expect(Database.SqliteError).toBe(SqliteError);
  });
});

describe('a database in memory', () => {
  test('is opened by the name ":memory:"', () => {
    const db = open(':memory:');
    expect(db).toMatchObject({ name: ':memory:', memory: true, open: true, readonly: false });
    writesTo(db);
    expect(fs.existsSync(':memory:')).toBe(false);
  });

  test('is its connection’s own', () => {
    writesTo(open(':memory:'));
    expect(open(':memory:').prepare('SELECT count(*) FROM sqlite_master').pluck().get()).toBe(0);
  });

  test.each([
    ['an empty name', ['']],
    ['no argument', []],
    ['undefined', [undefined]],
    ['null', [null]],
  ])('is a temporary one given %s', (_, args) => {
    const db = open(...args);
    expect(db).toMatchObject({ name: '', memory: true, open: true });
    writesTo(db);
  });

  test('cannot be readonly', () => {
    const words = 'In-memory/temporary databases cannot be readonly';
    expectRefusal(() => open(':memory:', { readonly: true }), TypeError, words);
    expectRefusal(() => open('', { readonly: true }), TypeError, words);
    expectRefusal(() => open(null, { readonly: true }), TypeError, words);
  });

  test('ignores `fileMustExist`', () => {
    expect(open(':memory:', { fileMustExist: true }).open).toBe(true);
    expect(open('', { fileMustExist: true }).open).toBe(true);
  });
});

describe('file names are paths and not URIs', () => {
  test('a name that looks like a URI is a path like any other', () => {
    const file = freshFile();
    writesTo(open(file));
    expectSqliteError(() => open(`${pathToFileURL(file)}?mode=ro`, { fileMustExist: true }), 'SQLITE_CANTOPEN');
  });
});

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

describe('what is not a file name', () => {
  test.each([
    [true],
    [{}],
    [[]],
    [() => {}],
    [Symbol('x')],
    [12n],
    [new String('x')],
    [new Uint8Array(4)],
    [new Date(0)],
  ])('%o is refused', (name) => {
    expectRefusal(() => open(name), TypeError, 'Expected first argument to be a string');
  });

  test.each([[0], [1.5], [-1], [NaN]])('the number %o is refused', (name) => {
    expectRefusal(() => open(name), TypeError);
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

describe('what cannot be opened', () => {
  test('a file in a folder that does not exist', () => {
    const words = 'Cannot open database because the directory does not exist';
    expectRefusal(() => open(path.join(freshFile('nowhere'), 'x.db')), TypeError, words);
    expectRefusal(() => open(path.join(freshFile('nowhere'), 'x.db'), { readonly: true }), TypeError, words);
  });

  test('a folder', () => {
    const folder = freshFile('folder');
    fs.mkdirSync(folder);
    expectSqliteError(() => open(folder), 'SQLITE_CANTOPEN', 'unable to open database file');
  });

  test('a file that is no database says so at the first use and stays as it was', () => {
    const file = freshFile('notes.txt');
    const text = 'these are notes, and no database at all\n'.repeat(50);
    fs.writeFileSync(file, text);
    const db = open(file);
    expectSqliteError(() => db.prepare('SELECT * FROM sqlite_master'), 'SQLITE_NOTADB', 'file is not a database');
    expect(fs.readFileSync(file, 'utf8')).toBe(text);
  });
});

describe.skipIf(isReference)('what this handle does not offer', () => {
  test('a file descriptor in place of a name', () => {
    const words = 'Expected first argument to be a string';
    expectRefusal(() => open(3), TypeError, words);
    expectRefusal(() => open(3, { journalFd: 4 }), TypeError, words);
  });
});

describe('the properties', () => {
  test('are enumerable and belong to the connection itself', () => {
    const db = open(':memory:');
    expect(Object.keys(db)).toEqual(['name', 'open', 'inTransaction', 'readonly', 'memory']);
    expect({ ...db }).toEqual({ name: ':memory:', open: true, inTransaction: false, readonly: false, memory: true });
    expect(JSON.parse(JSON.stringify(db))).toEqual({ ...db });
  });

  test.each(['name', 'open', 'inTransaction', 'readonly', 'memory'])('`%s` cannot be written', (key) => {
    const db = open(':memory:');
    const before = db[key];
    expect(() => {
      db[key] = 'other';
    }).toThrow(TypeError);
    expect(db[key]).toBe(before);
  });

  test('nothing of the inside is enumerable or reachable by a string key', () => {
    const db = open(':memory:');
    expect(Object.getOwnPropertyNames(db)).toEqual(['name', 'open', 'inTransaction', 'readonly', 'memory']);
  });

  test('methods and getters refuse an object of another kind', () => {
    for (const key of [
      'prepare',
      'exec',
      'close',
      'pragma',
      'function',
      'aggregate',
      'defaultSafeIntegers',
      'unsafeMode',
    ]) {
      expect(() => Database.prototype[key].call({}, 'x', { step() {} })).toThrow();
      expect(() => Database.prototype[key].call(Object.create(Database.prototype), 'x', { step() {} })).toThrow();
    }
  });

  test('the console shows them', () => {
    const db = open(':memory:');
    expect(inspect(db)).toBe(
      "Database {\n  name: ':memory:',\n  open: true,\n  inTransaction: false,\n  readonly: false,\n  memory: true\n}",
    );
    expect(inspect({ db }, { depth: 0 })).toBe('{ db: [Database] }');
  });
});
