// SQL in Studio: whatever it is, it only reads this file, and comes to an end.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { board, everything } from './support/runs.mjs';
import { served } from './support/studio.mjs';
import { temporaryFile, temporaryFolder } from './support/temporary.mjs';

async function prepared(options) {
  const db = board({ dbPath: temporaryFile() });
  const { post } = await served(db, options);
  return { db, ask: (sql) => post('/api/sql', { sql }) };
}

describe('a statement that reads', () => {
  test('has its columns, rows, plan and time', async () => {
    const { ask } = await prepared();
    const { status, body } = await ask("SELECT id, port FROM worktrees WHERE id = 'wt-1'");
    expect([status, body.columns, body.rows, body.truncated]).toEqual([200, ['id', 'port'], [['wt-1', 3001]], false]);
    expect(body.plan[0].detail).toMatch(/^SEARCH worktrees USING INDEX/);
    expect(body.durationMs).toBeGreaterThan(0);
  });

  test('has values that JSON has no word for as text', async () => {
    const { ask } = await prepared();
    const { body } = await ask("SELECT 9007199254740993, x'00ff', 9e999, NULL, 1.5, 'a' AS a, 'b' AS a");
    expect(body.rows).toEqual([['9007199254740993', "x'00ff'", 'Infinity', null, 1.5, 'a', 'b']]);
  });

  test.each([
    'VALUES (1)',
    'WITH a AS (SELECT 1) SELECT * FROM a',
    'EXPLAIN SELECT 1',
    "SELECT * FROM pragma_table_info('zones')",
  ])('%s is one', async (sql) => {
    const { ask } = await prepared();
    expect((await ask(sql)).status).toBe(200);
  });

  test('stops at a thousand rows', async () => {
    const { ask } = await prepared();
    const { body } = await ask('WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n');
    expect([body.rows.length, body.truncated]).toEqual([1000, true]);
  });
});

describe('everything else', () => {
  const elsewhere = () => join(temporaryFolder(), 'other.db');

  test.each([
    "INSERT INTO zones (id, name, created_at) VALUES ('x', 'x', 'x')",
    "UPDATE zones SET name = 'x' RETURNING id",
    'DELETE FROM zones RETURNING id',
    'DROP TABLE zones',
    'CREATE TABLE t (a)',
    'CREATE TEMP TABLE t (a)',
    'PRAGMA user_version = 1',
    'PRAGMA journal_mode = delete',
    '/* a */ -- b\n pragma writable_schema = on',
    'VACUUM',
    'BEGIN',
    'SELECT 1; DELETE FROM zones',
    '',
    ' ',
    '-- nothing',
    "SELECT load_extension('x')",
    "SELECT writefile('x', 'y')",
    'SELEC',
    'SELECT zeroblob(2000000000)',
  ])('%s is refused, and does nothing', async (sql) => {
    const { db, ask } = await prepared({ write: true });
    const before = everything(db);
    const { status, body } = await ask(sql);
    expect([status, body.error.code]).toEqual([400, 'ERR_SQL']);
    expect(everything(db)).toEqual(before);
  });

  test('no other file is opened or made', async () => {
    const { ask } = await prepared({ write: true });
    const file = elsewhere();
    for (const sql of [`ATTACH '${file}' AS other`, `VACUUM INTO '${file}'`]) expect((await ask(sql)).status).toBe(400);
    expect(existsSync(file)).toBe(false);
  });

  test.each([{}, { sql: null }, { sql: 1 }, { sql: ['SELECT 1'] }])('%j is no statement', async (body) => {
    const { post } = await served(board({ dbPath: temporaryFile() }));
    expect((await post('/api/sql', body)).status).toBe(400);
  });

  test('what never ends is ended, and keeps nobody waiting', { timeout: 40_000 }, async () => {
    const db = board({ dbPath: temporaryFile() });
    const { post, get } = await served(db);
    const sql = 'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n';
    const two = [post('/api/sql', { sql }), post('/api/sql', { sql })];
    expect((await get('/api/board')).status).toBe(200);
    expect((await post('/api/sql', { sql: 'SELECT 1' })).status).toBe(429);
    for (const { status, body } of await Promise.all(two))
      expect([status, body.error.code]).toEqual([408, 'ERR_TIMEOUT']);
    expect((await post('/api/sql', { sql: 'SELECT 1' })).status).toBe(200);
  });
});
