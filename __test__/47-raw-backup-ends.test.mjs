import fs from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Database, SqliteError } from './support/database.mjs';
import { freshFile } from './support/fresh_file.mjs';
import { NOT_OPEN } from './support/refusals.mjs';

let db;
let copy;
beforeEach(() => {
  copy = freshFile('copy.db');
  db = new Database(freshFile());
  db.exec(`
    CREATE TABLE entries (a TEXT, b INTEGER);
    WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers LIMIT 1000)
    INSERT INTO entries SELECT printf('%.*c', 1000, 'x'), n FROM numbers;
  `);
});
afterEach(() => db.close());

const refusal = (Class, message) => expect.objectContaining({ constructor: Class, message });

describe('backup() rejects', () => {
  test.each([[undefined], [null], [5], [{}], [Buffer.from('x')]])('%o as a file', async (file) => {
    await expect(db.backup(file)).rejects.toEqual(refusal(TypeError, 'Expected first argument to be a string'));
  });

  test.each([
    ['', 'Backup filename cannot be an empty string'],
    ['  ', 'Backup filename cannot be an empty string'],
    [':memory:', 'Invalid backup filename ":memory:"'],
    [' :memory: ', 'Invalid backup filename ":memory:"'],
  ])('the name %j', async (name, words) => {
    await expect(db.backup(name)).rejects.toEqual(refusal(TypeError, words));
  });

  test.each([[5], ['x'], [true], [() => {}]])('%o as options', async (options) => {
    const words = 'Expected second argument to be an options object';
    await expect(db.backup(copy, options)).rejects.toEqual(refusal(TypeError, words));
  });

  test('options of the wrong kind', async () => {
    const reject = (options, words) => expect(db.backup(copy, options)).rejects.toEqual(refusal(TypeError, words));
    for (const attached of [5, null, undefined, {}]) {
      await reject({ attached }, 'Expected the "attached" option to be a string');
    }
    await reject({ attached: '' }, 'The "attached" option cannot be an empty string');
    for (const progress of [5, 'x', {}, true]) {
      await reject({ progress }, 'Expected the "progress" option to be a function');
    }
    expect(fs.existsSync(copy)).toBe(false);
    expect(await db.backup(copy, { progress: null })).toBeTruthy();
  });

  test('a folder that does not exist', async () => {
    const words = 'Cannot save backup because the directory does not exist';
    await expect(db.backup(path.join(copy, 'x.db'))).rejects.toEqual(refusal(TypeError, words));
  });

  test('a file that is no database, and leaves it as it was', async () => {
    const text = 'some notes of somebody, no database\n'.repeat(100);
    fs.writeFileSync(copy, text);
    await expect(db.backup(copy)).rejects.toEqual(
      expect.objectContaining({ constructor: SqliteError, code: 'SQLITE_NOTADB', message: 'file is not a database' }),
    );
    expect(fs.readFileSync(copy, 'utf8')).toBe(text);
  });

  test('without ever throwing at once', () => {
    const promise = db.backup();
    expect(promise).toBeInstanceOf(Promise);
    return promise.catch(() => {});
  });
});

describe('closing the database during a backup', () => {
  test('rejects it, and no file is left', async () => {
    const promise = db.backup(copy, {
      progress() {
        db.close();
        return 10;
      },
    });
    await expect(promise).rejects.toEqual(refusal(TypeError, NOT_OPEN));
    expect(db.open).toBe(false);
    expect(fs.existsSync(copy)).toBe(false);
  });

  test('from outside as well', async () => {
    let begun;
    const started = new Promise((resolve) => (begun = resolve));
    const promise = db.backup(copy, {
      progress() {
        begun();
        return 1;
      },
    });
    promise.catch(() => {});
    await started;
    db.close();
    await expect(promise).rejects.toEqual(refusal(TypeError, NOT_OPEN));
    expect(fs.existsSync(copy)).toBe(false);
  });

  test('a file that was there before is left in its place', async () => {
    fs.writeFileSync(copy, '');
    const promise = db.backup(copy, {
      progress() {
        db.close();
        return 10;
      },
    });
    await expect(promise).rejects.toEqual(refusal(TypeError, NOT_OPEN));
    expect(fs.existsSync(copy)).toBe(true);
  });
});
