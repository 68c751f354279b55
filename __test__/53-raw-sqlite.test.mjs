import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { inspect } from 'node:util';
import { Database, SqliteError, isReference } from './support/database.mjs';
import { freshFile } from './support/fresh_file.mjs';
import { BUSY_CONNECTION, NOT_OPEN, expectRefusal, expectSqliteError, thrownBy } from './support/refusals.mjs';

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

describe('SqliteError', () => {
  test('is an Error with a message and a code', () => {
    const error = new SqliteError('foo', 'SQLITE_BAR');
    expect(error).toBeInstanceOf(Error);
    expect(error).toBeInstanceOf(SqliteError);
    expect(error).toMatchObject({ name: 'SqliteError', message: 'foo', code: 'SQLITE_BAR' });
    expect(String(error)).toBe('SqliteError: foo');
    expect(inspect(error)).toContain('SqliteError: foo');
  });

  test('has its name on the prototype, and its code as an ordinary property', () => {
    const error = new SqliteError('foo', 'SQLITE_BAR');
    expect(Object.getOwnPropertyDescriptor(SqliteError.prototype, 'name')).toEqual({
      value: 'SqliteError',
      writable: true,
      enumerable: false,
      configurable: true,
    });
    expect(Object.keys(error)).toEqual(['code']);
    expect(Object.getOwnPropertyDescriptor(error, 'message').enumerable).toBe(false);
    expect(Object.getPrototypeOf(SqliteError)).toBe(Error);
    expect(Object.getPrototypeOf(SqliteError.prototype)).toBe(Error.prototype);
    expect(SqliteError).toHaveLength(2);
  });

  test('makes its message a string', () => {
    expect(new SqliteError(undefined, 'X').message).toBe('undefined');
    expect(new SqliteError(null, 'X').message).toBe('null');
    expect(new SqliteError(5, 'X').message).toBe('5');
    expect(new SqliteError({ toString: () => 'made' }, 'X').message).toBe('made');
  });

  test('insists on a code that is a string', () => {
    for (const code of [undefined, null, 5, {}, new String('X')]) {
      expectRefusal(() => new SqliteError('foo', code), TypeError, 'Expected second argument to be a string');
    }
  });

  test('has a stack that begins where it was made', () => {
    const here = () => new SqliteError('foo', 'SQLITE_BAR');
    const [first, second] = here().stack.split('\n');
    expect(first).toBe('SqliteError: foo');
    expect(second).toContain('here');
  });

  test('thrown by a call has the caller in its stack', () => {
    function callerOfTheQuery() {
      db.exec('nonsense');
    }
    const error = expectSqliteError(callerOfTheQuery, 'SQLITE_ERROR');
    expect(error.stack).toContain('callerOfTheQuery');
  });

  test('has the extended code of what happened', () => {
    db.exec('CREATE TABLE t (a PRIMARY KEY, b NOT NULL); INSERT INTO t VALUES (1, 1)');
    expectSqliteError(() => db.exec('INSERT INTO t VALUES (1, 1)'), 'SQLITE_CONSTRAINT_PRIMARYKEY');
    expectSqliteError(() => db.exec('INSERT INTO t VALUES (2, NULL)'), 'SQLITE_CONSTRAINT_NOTNULL');
    expectSqliteError(() => db.exec('INSERT INTO t (rowid, a, b) VALUES (1, 2, 2)'), 'SQLITE_CONSTRAINT_ROWID');
    expectSqliteError(() => value('zeroblob(2000000000)'), 'SQLITE_TOOBIG', 'string or blob too big');
    expectSqliteError(() => db.exec("ATTACH '/no/such/folder/at/all' AS x"), 'SQLITE_CANTOPEN');
    db.exec('PRAGMA max_page_count = 4');
    expectSqliteError(
      () => db.exec('INSERT INTO t VALUES (3, zeroblob(100000))'),
      'SQLITE_FULL',
      'database or disk is full',
    );
  });
});

describe('defaults that a caller can see', () => {
  test.each([
    ['foreign_keys', 1],
    ['cache_size', -16000],
    ['page_size', 4096],
    ['journal_mode', 'memory'],
    ['synchronous', 2],
    ['trusted_schema', 1],
    ['recursive_triggers', 0],
    ['auto_vacuum', 0],
    ['temp_store', 0],
    ['locking_mode', 'normal'],
    ['encoding', 'UTF-8'],
    ['case_sensitive_like', undefined],
    ['secure_delete', 0],
    ['wal_autocheckpoint', 1000],
    ['legacy_alter_table', 0],
  ])('pragma %s is %s', (name, expected) => {
    expect(db.pragma(name, { simple: true })).toBe(expected);
  });

  test('synchronous is NORMAL with a write-ahead log', () => {
    const file = new Database(freshFile());
    expect(file.pragma('journal_mode', { simple: true })).toBe('delete');
    file.pragma('journal_mode = WAL');
    file.exec('CREATE TABLE t (a)');
    expect(file.pragma('synchronous', { simple: true })).toBe(1);
    file.close();
  });

  test('a string in double quotes is a name, and refused where there is none', () => {
    expectSqliteError(() => value('"text"'), 'SQLITE_ERROR', /^no such column: "?text"?/);
    expectSqliteError(() => db.exec('CREATE TABLE t (a); CREATE INDEX i ON t ("b")'), 'SQLITE_ERROR');
  });

  test('LIKE does not look into blobs', () => {
    expect(value("x'61' LIKE 'a'")).toBe(0);
    expect(value("'a' LIKE 'A'")).toBe(1);
  });

  test('an attached name is a path and not a URI', () => {
    expectSqliteError(() => db.exec("ATTACH 'file:/no/such/folder?mode=memory' AS x"), 'SQLITE_CANTOPEN');
  });

  test('values may be as long as a string of JavaScript', () => {
    expect(value('length(zeroblob(500000000))')).toBe(500000000);
    expectSqliteError(() => value('length(zeroblob(536870889))'), 'SQLITE_TOOBIG');
  });

  test('ten databases may be attached', () => {
    for (let i = 0; i < 10; i += 1) db.exec(`ATTACH ':memory:' AS d${i}`);
    expectSqliteError(
      () => db.exec("ATTACH ':memory:' AS d10"),
      'SQLITE_ERROR',
      'too many attached databases - max 10',
    );
  });
});

describe('what is built in', () => {
  test('a version of SQLite whose write-ahead log loses no commits', () => {
    const [major, minor, patch] = value('sqlite_version()').split('.').map(Number);
    expect(major * 1e6 + minor * 1e3 + patch).toBeGreaterThanOrEqual(3_051_003);
  });

  test.each([
    ['json', `json_extract('{"a":[1,2]}', '$.a[1]')`, 2],
    ['json operators', `'{"a":5}' ->> 'a'`, 5],
    ['jsonb', `json(jsonb('[1]'))`, '[1]'],
    ['math', 'round(sqrt(16) + log2(8) + pi(), 2)', 10.14],
    ['median', 'median(column1) FROM (VALUES (1), (2), (10))', 2],
    ['percentile', 'percentile(column1, 50) FROM (VALUES (1), (2), (3))', 2],
    ['soundex', "soundex('Robert')", 'R163'],
    ['unhex', "hex(unhex('4142'))", '4142'],
    ['printf', "format('%05d|%s', 42, 'x')", '00042|x'],
    ['date and time', "date('2024-02-28', '+2 days')", '2024-03-01'],
    ['window functions', 'sum(column1) OVER () FROM (VALUES (1), (2))', 3],
    ['geopoly', 'round(geopoly_area(geopoly_bbox(geopoly_regular(0, 0, 1, 4))))', 4],
  ])('%s', (_, expression, expected) => {
    expect(value(expression)).toBe(expected);
  });

  test('full-text search: FTS5, FTS4 and FTS3', () => {
    for (const module of ['fts5', 'fts4', 'fts3']) {
      db.exec(`CREATE VIRTUAL TABLE ${module}_t USING ${module}(body)`);
      db.exec(`INSERT INTO ${module}_t VALUES ('a worktree on the canvas'), ('a zone')`);
      expect(value(`body FROM ${module}_t WHERE ${module}_t MATCH 'canvas'`)).toBe('a worktree on the canvas');
    }
    expect(value("highlight(fts5_t, 0, '[', ']') FROM fts5_t WHERE fts5_t MATCH 'zone'")).toBe('a [zone]');
    expect(value("count(*) FROM fts4_t WHERE fts4_t MATCH '(worktree OR zone) NOT canvas'")).toBe(1);
  });

  test('R-Tree', () => {
    db.exec('CREATE VIRTUAL TABLE r USING rtree(id, x0, x1); INSERT INTO r VALUES (1, 0, 10), (2, 20, 30)');
    expect(value('id FROM r WHERE x0 <= ? AND x1 >= ?', 25, 25)).toBe(2);
  });

  test('dbstat, and ANALYZE with samples', () => {
    db.exec('CREATE TABLE t (a); CREATE INDEX i ON t (a); INSERT INTO t VALUES (1), (2), (2); ANALYZE');
    expect(value("count(*) > 0 FROM dbstat WHERE name = 't'")).toBe(1);
    expect(value('count(*) > 0 FROM sqlite_stat4')).toBe(1);
  });

  test('RETURNING, upserts, generated columns and STRICT tables', () => {
    db.exec('CREATE TABLE t (id INTEGER PRIMARY KEY, n INTEGER, twice INTEGER AS (n * 2)) STRICT');
    const upsert = db.prepare(
      'INSERT INTO t (id, n) VALUES (1, ?) ON CONFLICT DO UPDATE SET n = excluded.n RETURNING twice',
    );
    expect([upsert.pluck().get(2), upsert.get(5)]).toEqual([4, 10]);
    expectSqliteError(() => db.exec("INSERT INTO t VALUES (2, 'text')"), 'SQLITE_CONSTRAINT_DATATYPE');
  });
});

describe('loadExtension() and table() look at their arguments and at the connection', () => {
  test('and say what is wrong with them', () => {
    for (const name of [undefined, null, 5, {}]) {
      expectRefusal(() => db.loadExtension(name), TypeError, 'Expected first argument to be a string');
      expectRefusal(() => db.table(name, {}), TypeError, 'Expected first argument to be a string');
    }
    expectRefusal(() => db.loadExtension('x', 5), TypeError, 'Expected second argument to be a string');
    for (const definition of [undefined, null, 5, 'x']) {
      const words = 'Expected second argument to be a function or a table definition object';
      expectRefusal(() => db.table('t', definition), TypeError, words);
    }
  });

  test('before anything else where it is busy or closed', () => {
    const calls = [() => db.loadExtension('x'), () => db.table('t', () => {})];
    const rows = db.prepare('SELECT 1').iterate();
    for (const call of calls) expectRefusal(call, TypeError, BUSY_CONNECTION);
    rows.return();
    db.close();
    for (const call of calls) expectRefusal(call, TypeError, NOT_OPEN);
  });
});

describe.skipIf(isReference)('what this handle refuses', () => {
  test('loadExtension(): code from outside is not loaded, and the error says so', () => {
    const error = thrownBy(() => db.loadExtension('./compress.so'));
    expect(error).toBeInstanceOf(Error);
    expect(error.message).toMatch(/extension/i);
    expect(error.message.length).toBeGreaterThan(30);
    expect(() => value("load_extension('./compress.so')")).toThrow(SqliteError);
  });

  test('table(): tables in JavaScript are not offered, and the error says so', () => {
    const error = thrownBy(() => db.table('t', { columns: ['a'], *rows() {} }));
    expect(error).toBeInstanceOf(Error);
    expect(error.message).toMatch(/table/);
    expect(error.message.length).toBeGreaterThan(30);
  });

  test('UPDATE and DELETE with ORDER BY and LIMIT: a syntax error, as in SQLite’s own builds', () => {
    db.exec('CREATE TABLE t (a)');
    const words = 'near "LIMIT": syntax error';
    expectSqliteError(() => db.exec('DELETE FROM t LIMIT 1'), 'SQLITE_ERROR', words);
  });

  test('and goes on working', () => {
    expect(() => db.loadExtension('x')).toThrow();
    expect(() => db.table('t', () => {})).toThrow();
    expect(value('1')).toBe(1);
  });
});
