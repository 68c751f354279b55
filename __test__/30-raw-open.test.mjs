import fs from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { inspect } from 'node:util';
import { afterEach, describe, expect, test } from 'vitest';
import { Database, SqliteError, isReference } from './support/database.mjs';
import { freshFile } from './support/fresh_file.mjs';
import { expectRefusal, expectSqliteError } from './support/refusals.mjs';

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
