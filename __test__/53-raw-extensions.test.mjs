// Extensions of SQLite, by sqlite-vec as npm has it: only for who opens a database for them, and never for a board.
import * as sqliteVec from 'sqlite-vec';
import { describe, expect, onTestFinished, test } from 'vitest';
import { thrown } from './support/failure.mjs';
import { open } from './support/temporary.mjs';
import { Database, SqliteError } from './support/visual_database.mjs';

function extensible(options = { allowExtensions: true }) {
  const db = new Database(':memory:', options);
  onTestFinished(() => db.close());
  return db;
}

/** As sqlite-vec takes it. */
const vector = (numbers) => Buffer.from(new Float32Array(numbers).buffer);

describe('with allowExtensions: true', () => {
  test('sqlite-vec finds the nearest vectors', () => {
    const db = extensible();
    sqliteVec.load(db);
    expect(db.prepare('SELECT vec_version()').pluck().get()).toMatch(/^v\d/);
    db.exec('CREATE VIRTUAL TABLE runs USING vec0 (run_id TEXT PRIMARY KEY, embedding FLOAT[2])');
    const insert = db.prepare('INSERT INTO runs VALUES (?, ?)');
    for (const [id, at] of [
      ['north', [0, 1]],
      ['east', [1, 0]],
      ['south', [0, -1]],
    ])
      insert.run(id, vector(at));
    const nearest = db.prepare('SELECT run_id FROM runs WHERE embedding MATCH ? ORDER BY distance LIMIT 2').pluck();
    expect(nearest.all(vector([0.2, 0.9]))).toEqual(['north', 'east']);
  });

  test('it gives the database back, takes an entry point, and loads it twice', () => {
    const db = extensible();
    const file = sqliteVec.getLoadablePath();
    expect(db.loadExtension(file, 'sqlite3_vec_init')).toBe(db);
    expect(db.loadExtension(file)).toBe(db);
  });

  test('what can’t be loaded is an error in the system’s words, and the database goes on', () => {
    const db = extensible();
    const error = thrown(() => db.loadExtension('/nowhere/at/all.so'));
    expect(error).toBeInstanceOf(SqliteError);
    expect(error.code).toBe('SQLITE_ERROR');
    expect(error.message).toContain('/nowhere/at/all');
    expect(thrown(() => db.loadExtension(sqliteVec.getLoadablePath(), 'no_such_entry')).message).toContain(
      'no_such_entry',
    );
    expect(db.prepare('SELECT 1').pluck().get()).toBe(1);
  });

  test('SQL still loads nothing', () => {
    const db = extensible();
    sqliteVec.load(db);
    const select = () => db.prepare('SELECT load_extension(?)').get(sqliteVec.getLoadablePath());
    expect(thrown(select)).toBeInstanceOf(SqliteError);
  });

  test('wrong names are refused, and a connection that is busy or closed', () => {
    const db = extensible();
    expect(thrown(() => db.loadExtension(5)).message).toBe('Expected first argument to be a string');
    expect(thrown(() => db.loadExtension('x', 5)).message).toBe('Expected second argument to be a string');
    expect(thrown(() => db.loadExtension('a\0b'))).toBeInstanceOf(TypeError);
    const rows = db.prepare('SELECT 1').iterate();
    expect(thrown(() => sqliteVec.load(db)).message).toMatch(/busy/);
    rows.return();
    db.close();
    expect(thrown(() => sqliteVec.load(db)).message).toBe('The database connection is not open');
  });
});

describe('without it', () => {
  test.each([null, {}, { allowExtensions: false }])('%o: nothing is loaded', (options) => {
    const error = thrown(() => sqliteVec.load(extensible(options)));
    expect(error).toBeInstanceOf(SqliteError);
    expect(error.message).toMatch(/allowExtensions/);
  });

  test.each([1, 'yes', null])('%o is a TypeError', (allowExtensions) => {
    expect(thrown(() => new Database(':memory:', { allowExtensions })).message).toBe(
      'Expected the "allowExtensions" option to be a boolean',
    );
  });
});

test('a board loads none, whatever it is opened with', () => {
  const db = open({ allowExtensions: true });
  expect(thrown(() => sqliteVec.load(db.db)).message).toMatch(/^Extensions cannot be loaded/);
  expect(thrown(() => db.db.prepare('SELECT load_extension(?)').get('x'))).toBeInstanceOf(SqliteError);
});
