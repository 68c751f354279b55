// Whoever writes the file, a search finds what it says: this package, better-sqlite3, Python, the sqlite3 shell, a table that was
// rebuilt, and programs that were killed. No trigger of the file needs FTS5.
import { execFileSync } from 'node:child_process';
import { copyFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { startScript } from './support/child.mjs';
import { describeWriters } from './support/history_writers.mjs';
import { board, idsOf } from './support/runs.mjs';
import { execution } from './support/samples.mjs';
import { schema } from './support/schema.mjs';
import { checkSearch, expectFound } from './support/searched_runs.mjs';
import { act, callsOf } from './support/searching_calls.mjs';
import { open, temporaryFile, temporaryFolder } from './support/temporary.mjs';
import { VisualDatabase } from './support/visual_database.mjs';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 });

const TEXTS = ['cart', 'cart login', 'getUserById', 'src/db.rs', 'new', 'say "no"', 'ERR_CURSOR', 'ogin'];

const word = fc.constantFrom(
  'cart',
  'login',
  'getUserById',
  'src/db.rs:42',
  'Élan',
  'say "no"',
  'ERR_CURSOR',
  'x',
  '\n',
);
const text = fc.array(word, { minLength: 1, maxLength: 5 }).map((words) => words.join(' '));
const quoted = (value) => `'${value.replaceAll("'", "''")}'`;
const id = fc.constantFrom("'e1'", "'e2'", "'e3'", "'e4'", 'hex(randomblob(4))');

/** SQL of any program. */
const statement = fc.oneof(
  fc.tuple(fc.constantFrom('', 'OR REPLACE', 'OR REPLACE', 'OR IGNORE'), id, text, text).map(
    ([or, name, prompt, result]) =>
      `INSERT ${or} INTO zone_executions (id, zone_id, worktree_id, agent_type, prompt, result, executed_at)
       VALUES (${name}, 'zone-1', 'wt-1', 'a', ${quoted(prompt)}, json_quote(${quoted(result)}), '2026-01-01T00:00:00.000Z')`,
  ),
  fc
    .tuple(id, text)
    .map(([name, prompt]) => `UPDATE zone_executions SET prompt = ${quoted(prompt)} WHERE id = ${name}`),
  fc
    .tuple(id, text)
    .map(([name, result]) => `UPDATE zone_executions SET result = json_quote(${quoted(result)}) WHERE id > ${name}`),
  fc.tuple(id, text).map(
    ([name, prompt]) =>
      `INSERT INTO zone_executions (id, zone_id, worktree_id, agent_type, prompt, executed_at) VALUES (${name}, 'zone-2', 'wt-2', 'b', 'new',
       '2026-01-01T00:00:00.000Z') ON CONFLICT (id) DO UPDATE SET prompt = ${quoted(prompt)}`,
  ),
  id.map((name) => `DELETE FROM zone_executions WHERE id = ${name}`),
  fc.constantFrom(
    'BEGIN',
    'COMMIT',
    'ROLLBACK',
    "DELETE FROM worktrees WHERE id = 'wt-2'",
    "DELETE FROM zones WHERE id = 'zone-2'",
  ),
);
/** What counts a doubt: an index that nobody may rebuild is none. */
const renamed = fc
  .tuple(id, id)
  .map(([one, other]) => `UPDATE OR REPLACE zone_executions SET id = ${one} WHERE id = ${other}`);
const history = fc.array(fc.oneof({ weight: 40, arbitrary: statement }, { weight: 1, arbitrary: renamed }), {
  minLength: 5,
  maxLength: 25,
  size: 'max',
});

/** The database, unless its index has to be built by somebody who may write. */
function able(db) {
  try {
    db.searchRuns('cart');
    return [db];
  } catch (error) {
    expect(error.code).toBe('ERR_SEARCH_OFF');
    return [];
  }
}

/** A board that is searched in both ways. */
function searching(dbPath) {
  const db = board({ dbPath });
  db.enableSearch();
  db.enableSearch({ mode: 'substring' });
  return db;
}

describeWriters('with %o', (writers) => {
  it.each(Object.keys(writers))('what is found is what runs say, after any history by %s and by us', async (writer) => {
    const empty = temporaryFile();
    searching(empty).close();
    let [found, read] = [0, 0];
    await fc.assert(
      fc.asyncProperty(history, callsOf(text), history, async (first, made, second) => {
        const dbPath = temporaryFile();
        copyFileSync(empty, dbPath);
        const db = open({ dbPath });
        const reading = open({ dbPath, readonly: true });
        await writers[writer](dbPath, first);
        read += expectFound(able(reading), TEXTS);
        found += expectFound([db, reading], TEXTS);
        act(db, made);
        read += expectFound([reading], TEXTS);
        db.transaction(() => {
          act(db, made);
          found += expectFound([db], TEXTS);
        });
        await writers[writer](dbPath, second);
        read += expectFound(able(reading), TEXTS);
        found += expectFound([db, reading], TEXTS);
        expect(checkSearch({ dbPath })).toEqual({ unfinished: false, wrong: [] });
      }),
      { numRuns: 10, endOnFailure: true },
    );
    expect(found).toBeGreaterThan(50);
    expect(read).toBeGreaterThan(10);
  });
});

describe('a search finds', () => {
  it('what Python and the sqlite3 shell write, and no more what they delete', () => {
    const dbPath = temporaryFile();
    const db = searching(dbPath);
    const gone = db.recordExecution(execution({ prompt: 'cart of old' }));
    expect(idsOf(db.searchRuns('cart').items.map(({ run }) => run))).toEqual([gone]);
    const insert = (name) => `INSERT INTO zone_executions (id, zone_id, worktree_id, agent_type, prompt, executed_at)
      VALUES ('${name}', 'zone-1', 'wt-1', 'a', 'cart by ${name}', '2026-01-01T00:00:00.000Z')`;
    const python = 'import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); c.execute(sys.argv[2]); c.commit()';
    execFileSync('python3', ['-c', python, dbPath, insert('python')]);
    execFileSync('sqlite3', [dbPath, insert('shell'), `DELETE FROM zone_executions WHERE id = '${gone}'`]);
    expect(new Set(idsOf(db.searchRuns('cart').items.map(({ run }) => run)))).toEqual(new Set(['python', 'shell']));
    expect(execFileSync('sqlite3', [dbPath, 'PRAGMA integrity_check'], { encoding: 'utf8' })).toBe('ok\n');
  });

  it('what is in a table that somebody rebuilt, whatever it says then', () => {
    const db = searching(temporaryFile());
    const kept = db.recordExecution(execution({ prompt: 'cart' }));
    db.searchRuns('cart');
    db.db.exec(`PRAGMA foreign_keys = OFF; BEGIN;
      CREATE TABLE new_executions AS SELECT * FROM zone_executions;
      UPDATE new_executions SET prompt = 'a basket';
      DROP TABLE zone_executions;
      CREATE TABLE zone_executions (id TEXT PRIMARY KEY, zone_id TEXT NOT NULL, worktree_id TEXT NOT NULL, agent_type TEXT NOT NULL,
        prompt TEXT NOT NULL, result TEXT, success INTEGER, executed_at TEXT NOT NULL);
      INSERT INTO zone_executions SELECT * FROM new_executions;
      DROP TABLE new_executions; COMMIT; PRAGMA foreign_keys = ON`);
    expect(db.searchRuns('cart').items).toEqual([]);
    expect(idsOf(db.searchRuns('basket').items.map(({ run }) => run))).toEqual([kept]);
    db.db.exec("UPDATE zone_executions SET prompt = 'a trolley'");
    expect(idsOf(db.searchRuns('trolley').items.map(({ run }) => run))).toEqual([kept]);
  });

  it('everything, also as the first call behind a zone that was deleted', () => {
    const dbPath = temporaryFile();
    const db = searching(dbPath);
    const kept = db.recordExecution(execution({ prompt: 'cart' }));
    db.searchRuns('cart');
    db.createZone({ id: 'zone-gone', name: 'Gone' });
    db.deleteZone('zone-gone');
    db.close();
    expect(
      idsOf(
        open({ dbPath })
          .searchRuns('cart')
          .items.map(({ run }) => run),
      ),
    ).toEqual([kept]);
  });

  it('everything, also where the log was emptied, and in a backup that was restored', () => {
    const dbPath = temporaryFile();
    const db = searching(dbPath);
    db.recordExecution(execution({ prompt: 'cart' }));
    db.searchRuns('cart');
    db.db.exec('DELETE FROM changes');
    db.recordExecution(execution({ prompt: 'cart too' }));
    expect(db.searchRuns('cart').items).toHaveLength(2);
    const backup = `${temporaryFolder()}/copy.db`;
    db.backupSync(backup);
    db.recordExecution(execution({ prompt: 'cart of later' }));
    expect(db.searchRuns('cart').items).toHaveLength(3);
    db.close();
    VisualDatabase.restore(backup, { dbPath });
    const restored = open({ dbPath });
    expect(restored.searchRuns('cart').items).toHaveLength(2);
    restored.recordExecution(execution({ prompt: 'another cart' }));
    expect(restored.searchRuns('cart').items).toHaveLength(3);
    expect(schema.verify(dbPath)).toEqual([]);
  });

  it('everything where whoever built the index was killed', async () => {
    const dbPath = temporaryFile();
    const db = board({ dbPath });
    for (let n = 0; n < 4; n += 1)
      db.recordExecutions(Array.from({ length: 1000 }, () => execution({ prompt: 'cart '.repeat(20) })));
    const code = `const db = new VisualDatabase({ dbPath });
      db.enableSearch({ progress: ({ indexed }) => { if (indexed > 500) process.kill(process.pid, 'SIGKILL'); } });`;
    const { signal } = await startScript(code, { dbPath }).ended;
    expect(signal).toBe('SIGKILL');
    const left = db.db.prepare('SELECT phase, done FROM search_state').get();
    expect(left.phase).toBe(1);
    expect(left.done).toBeGreaterThan(500);
    expect(checkSearch({ dbPath })).toEqual({ unfinished: true, wrong: [] });
    expect(db.enableSearch()).toEqual({ modes: ['words'], indexed: 4000 });
    expect(checkSearch({ dbPath })).toEqual({ unfinished: false, wrong: [] });
  });

  it('and no trigger of the file names a table of FTS5', () => {
    const db = searching(temporaryFile());
    const sql = "SELECT name FROM sqlite_schema WHERE type IN ('trigger', 'view') AND sql LIKE ?";
    for (const table of ['search_words', 'search_substrings']) expect(db.db.prepare(sql).all(`%${table}%`)).toEqual([]);
  });

  it('nothing any more in an older version of the schema, which keeps nothing of it', () => {
    const dbPath = temporaryFile();
    const db = searching(dbPath);
    db.recordExecution(execution({ prompt: 'cart' }));
    db.searchRuns('cart');
    db.close();
    schema.down(dbPath, 5);
    const older = open({ dbPath });
    expect(older.db.prepare("SELECT name FROM sqlite_schema WHERE name LIKE 'search%'").all()).toEqual([]);
    older.db.exec("UPDATE zone_executions SET prompt = 'x'");
    expect(() => older.enableSearch()).toThrow(/the search comes with version 6/);
    expect(() => older.searchRuns('cart')).toThrow(/the search is off/);
  });
});
