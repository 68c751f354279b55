// Counts of executions are kept by triggers in the file. What triggers can't see is noticed, and mended.
// Long because it is read as a specification: each rule of what can make counts wrong is a test.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, it, vi } from 'vitest';
import { execution, furnish } from './support/samples.mjs';
import { bare, elsewhere, schema, schemaOf } from './support/schema.mjs';
import { startScript } from './support/child.mjs';
import { expectRight } from './support/counted.mjs';
import { open, temporaryFile } from './support/temporary.mjs';

vi.setConfig({ testTimeout: 60_000 });

const OPEN = `
  console.log('ready');
  process.stdin.once('data', () => {
    const db = new VisualDatabase({ dbPath });
    db.getStats();
    db.close();
    process.exit();
  });`;

/** A file with some runs, closed. */
function file() {
  const dbPath = temporaryFile();
  const db = furnish(open({ dbPath }));
  for (let n = 0; n < 9; n += 1) {
    db.recordExecution(execution({ zoneId: `zone-${(n % 2) + 1}`, agentType: `agent-${n % 3}`, success: n % 2 === 0 }));
  }
  db.close();
  return dbPath;
}

/** One whose log was folded, so that the tables of counts hold something. */
function foldedFile() {
  const dbPath = file();
  many(dbPath, 9_000);
  open({ dbPath }).close();
  return dbPath;
}

const EARLIER = readFileSync(new URL('fixtures/earlier_version_3.sql', import.meta.url), 'utf8');

/** One of a version 3 from before it was released, and what else is done to it. */
function earlierFile(sql = '') {
  const dbPath = file();
  schema.down(dbPath, 2);
  elsewhere(
    dbPath,
    `${EARLIER}; ALTER TABLE schema_migrations DROP COLUMN min_reader; ALTER TABLE schema_migrations DROP COLUMN min_writer;
     UPDATE schema_migrations SET (name, sha256, rolled_back_at) = ('execution_counts', 'of another text', NULL)
       WHERE version = 3;
     PRAGMA user_version = 3; ${sql}`,
  );
  return dbPath;
}

/** Runs SQL as the SQLite of Python does: no recursive triggers. */
const foreign = (dbPath, sql) =>
  execFileSync('python3', [
    '-c',
    'import sqlite3, sys; sqlite3.connect(sys.argv[1]).executescript(sys.argv[2])',
    dbPath,
    sql,
  ]);

/** Records runs, as another program that minds the triggers. */
const many = (dbPath, runs) =>
  elsewhere(
    dbPath,
    `INSERT INTO zone_executions (id, zone_id, worktree_id, agent_type, prompt, executed_at)
     WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n LIMIT ${runs})
     SELECT hex(randomblob(8)), 'zone-' || (n % 2 + 1), 'wt-' || (n % 3 + 1), 'agent-' || (n % 5), 'p', 't' FROM n`,
  );

/** A database and what its logger was told beyond its opening. */
function told(dbPath) {
  const lines = [];
  const keep = (message) => message.includes('initialized') || lines.push(message);
  return [open({ dbPath, logger: { info: keep, error: keep } }), lines];
}

/** What the tables of counts hold, to the row. */
const contentOf = (dbPath) =>
  ['execution_counts_of_worktrees', 'execution_counts_of_zones', 'changes', 'changes_state'].map((name) => {
    const db = bare(dbPath, { readonly: true });
    const there = db.prepare('SELECT 1 FROM sqlite_schema WHERE name = ?').get(name);
    return there && db.prepare(`SELECT * FROM ${name} ORDER BY 1, 2`).all();
  });

const REPLACE = `INSERT OR REPLACE INTO zone_executions (id, zone_id, worktree_id, agent_type, prompt, success, executed_at)
  SELECT id, zone_id, worktree_id, 'replaced', prompt, 1, executed_at FROM zone_executions LIMIT 4`;

/** What a delete trigger doesn't see where recursive triggers are off, and the next row of the log can't confirm. */
const REPLACE_ROWID = `INSERT OR REPLACE INTO zone_executions
  (rowid, id, zone_id, worktree_id, agent_type, prompt, success, executed_at)
  SELECT rowid, hex(randomblob(8)), 'zone-2', 'wt-3', 'x', 'p', 0, 't' FROM zone_executions LIMIT 1 OFFSET 2`;

describe('counts', () => {
  it.each([
    'UPDATE zone_executions SET success = 1 - success',
    "UPDATE zone_executions SET zone_id = 'zone-2', worktree_id = 'wt-3', agent_type = 'x' WHERE rowid % 2",
    'DELETE FROM zone_executions WHERE rowid % 3 = 0',
    'DELETE FROM zone_executions',
    `PRAGMA recursive_triggers = ON; ${REPLACE}`,
  ])('are right after another program’s %s', (sql) => {
    const dbPath = file();
    const watching = open({ dbPath });
    watching.getExecutionStats();
    elsewhere(dbPath, sql);
    expect(schema.checkCounts(dbPath)).toEqual([]);
    const counted = bare(dbPath)
      .prepare(
        `SELECT count(*) AS total, count(iif(success = 1, 1, NULL)) AS successful,
           count(iif(success = 0, 1, NULL)) AS failed, count(DISTINCT agent_type) AS uniqueAgents FROM zone_executions`,
      )
      .get();
    expect(watching.getExecutionStats()).toMatchObject(counted);
  });

  it('count what this package replaces through its own handle', () => {
    const dbPath = file();
    open({ dbPath }).db.exec(REPLACE);
    expect(schema.checkCounts(dbPath)).toEqual([]);
  });

  it('count what has another id now once, also where its old id is given to another one right away', () => {
    const dbPath = file();
    const before = schema.checkCounts(dbPath);
    foreign(
      dbPath,
      `INSERT INTO zone_executions (id, zone_id, worktree_id, agent_type, prompt, executed_at) VALUES ('e0', 'zone-1', 'wt-1', 'a', 'p', 't');
       INSERT INTO zone_executions (id, zone_id, worktree_id, agent_type, prompt, executed_at)
       VALUES ('e0', 'zone-2', 'wt-1', 'a', 'p', 't'), ('e0', 'zone-2', 'wt-1', 'a', 'p', 't')
       ON CONFLICT (id) DO UPDATE SET id = 'e1'`,
    );
    expect(before).toEqual([]);
    expect(schema.checkCounts(dbPath)).toEqual([]);
  });

  it('are wrong after another program’s REPLACE of a rowid, which the check finds and rebuilding mends', () => {
    const dbPath = file();
    foreign(dbPath, REPLACE_ROWID);
    const drifts = schema.checkCounts(dbPath);
    expect(drifts.map(({ table }) => table)).toEqual(['execution_counts_of_worktrees', 'execution_counts_of_zones']);
    expect(schema.verify(dbPath)).toHaveLength(2);
    schema.rebuildCounts(dbPath);
    expect(schema.checkCounts(dbPath)).toEqual([]);
    expect(open({ dbPath }).getStats().executions).toBe(10);
  });
});

const TRIGGERS = `SELECT group_concat(sql, ';') AS sql, group_concat('DROP TRIGGER ' || name, ';') AS away
  FROM sqlite_schema WHERE type = 'trigger'`;

/** What leaves the counts wrong, in another program's words; those it can say in SQL alone. */
const DRIFTS = {
  'INSERT OR REPLACE of a rowid': REPLACE_ROWID,
  'UPDATE OR REPLACE of an id': `UPDATE OR REPLACE zone_executions SET id = (SELECT id FROM zone_executions WHERE rowid = 2)
    WHERE rowid = 5`,
  'UPDATE OR REPLACE of a rowid': 'UPDATE OR REPLACE zone_executions SET rowid = 2 WHERE rowid = 5',
  'a table rebuilt under another name': `PRAGMA foreign_keys = OFF;
    CREATE TABLE anew AS SELECT * FROM zone_executions WHERE rowid > 3;
    DROP TABLE zone_executions;
    ALTER TABLE anew RENAME TO zone_executions`,
  'a table renamed, created again and filled': `PRAGMA foreign_keys = OFF;
    ALTER TABLE zone_executions RENAME TO old;
    CREATE TABLE zone_executions (id TEXT PRIMARY KEY, zone_id TEXT NOT NULL, worktree_id TEXT NOT NULL,
      agent_type TEXT NOT NULL, prompt TEXT NOT NULL, result TEXT, success INTEGER DEFAULT 1, executed_at TEXT NOT NULL);
    INSERT INTO zone_executions SELECT * FROM old WHERE rowid > 3;
    DROP TABLE old`,
  'a dropped trigger': 'DROP TRIGGER changes_execution_delete; DELETE FROM zone_executions WHERE rowid % 2',
  'a dropped trigger, with as many executions as before':
    'DROP TRIGGER changes_execution_update; UPDATE zone_executions SET success = 1 - success',
  'another trigger of the name': `DROP TRIGGER changes_execution_insert;
    CREATE TRIGGER changes_execution_insert AFTER INSERT ON zone_executions BEGIN SELECT 1; END;
    INSERT INTO zone_executions (id, zone_id, worktree_id, agent_type, prompt, executed_at)
      VALUES ('n', 'zone-1', 'wt-1', 'a', 'p', 't')`,
  'an emptied log': 'DELETE FROM changes',
  'an emptied log, written to again': `DELETE FROM changes;
    UPDATE zone_executions SET success = 1 - success; UPDATE zone_executions SET success = 1 - success`,
  'a gap in the log': 'DELETE FROM changes WHERE seq BETWEEN 3 AND 5',
  'dropped tables of counts': 'DROP TABLE execution_counts_of_zones; DROP TABLE changes_state',
  'a dropped log': 'DROP TABLE changes',
  'no word of how far the log was counted': 'DELETE FROM changes_state; DELETE FROM zone_executions WHERE rowid % 2',
};

/** The same of a file whose log was folded. */
const DRIFTS_OF_FOLDED = {
  'an emptied table by worktree': 'DELETE FROM execution_counts_of_worktrees',
  'an emptied table by zone': 'DELETE FROM execution_counts_of_zones',
  'both emptied': 'DELETE FROM execution_counts_of_worktrees; DELETE FROM execution_counts_of_zones',
  'all emptied': `DELETE FROM execution_counts_of_worktrees; DELETE FROM execution_counts_of_zones;
    DELETE FROM changes; DELETE FROM changes_state`,
  'an emptied log': 'DELETE FROM changes',
  'an emptied log, written to again': `DELETE FROM changes;
    UPDATE zone_executions SET success = 1 - success WHERE rowid < 9`,
};

/** Each as a name, a maker of the file, and what is done to it. */
const ALL_DRIFTS = [
  ...Object.entries(DRIFTS).map(([name, sql]) => [name, file, sql]),
  ...Object.entries(DRIFTS_OF_FOLDED).map(([name, sql]) => [`${name}, after a fold`, foldedFile, sql]),
];

describe('counts that another program left wrong', () => {
  it.each(ALL_DRIFTS)('are mended at the next opening: %s', (_, make, sql) => {
    const dbPath = make();
    foreign(dbPath, sql);
    const [db, lines] = told(dbPath);
    expect(lines).toEqual(['[VisualDB] Counts of executions mended']);
    expectRight(db);
    expect(schema.checkCounts(dbPath)).toEqual([]);
    db.recordExecution(execution({ agentType: 'later' }));
    expectRight(db);
    expect(told(dbPath)[1]).toEqual([]);
  });

  it.each(ALL_DRIFTS)('are not used by a read-only connection: %s', (_, make, sql) => {
    const dbPath = make();
    foreign(dbPath, sql);
    const before = contentOf(dbPath);
    expectRight(open({ dbPath, readonly: true }));
    expect(contentOf(dbPath)).toEqual(before);
  });

  // What was read of a log before it got a gap is still right.
  it.each(ALL_DRIFTS.filter(([name]) => !/gap/.test(name)))(
    'are noticed by a connection that has it open: %s',
    (_, make, sql) => {
      const dbPath = make();
      const [db, lines] = told(dbPath);
      const reading = open({ dbPath, readonly: true });
      expectRight(db);
      expectRight(reading);
      foreign(dbPath, sql);
      expectRight(reading);
      expectRight(db);
      expect(lines).toEqual(['[VisualDB] Counts of executions mended']);
      expectRight(reading);
      expect(schema.checkCounts(dbPath)).toEqual([]);
      db.recordExecution(execution({ agentType: 'later' }));
      expectRight(db);
      expectRight(reading);
      expect(lines).toHaveLength(1);
    },
  );

  it('are not used by the connection that recorded the first runs after the log was emptied', () => {
    const dbPath = temporaryFile();
    const db = furnish(open({ dbPath }));
    for (let n = 0; n < 20; n += 1) db.recordExecution(execution());
    expect(db.getExecutionStats().total).toBe(21);
    foreign(dbPath, 'DELETE FROM changes');
    db.recordExecution(execution());
    expect(db.getExecutionStats().total).toBe(22);
    expectRight(db);
  });

  it('while its triggers were away, and came back as they were, are mended at the next opening', () => {
    const dbPath = file();
    const { sql, away } = bare(dbPath).prepare(TRIGGERS).get();
    foreign(dbPath, `${away}; UPDATE zone_executions SET success = 1 - success; ${sql}`);
    expect(schema.checkCounts(dbPath)).not.toEqual([]);
    const [db, lines] = told(dbPath);
    expect(lines).toHaveLength(1);
    expectRight(db);
  });

  it('are right inside a transaction that made them wrong', () => {
    const db = open({ dbPath: file() });
    db.db.transaction(() => {
      db.db.exec('DROP TRIGGER changes_execution_delete; DELETE FROM zone_executions WHERE rowid % 2');
      expectRight(db);
    })();
    expectRight(db);
  });

  it('are right in a file that somebody else is writing to, and mended when it is free', () => {
    const dbPath = file();
    foreign(dbPath, REPLACE_ROWID);
    const other = bare(dbPath);
    other.exec('BEGIN IMMEDIATE');
    const db = open({ dbPath, timeout: 10 });
    expectRight(db);
    expect(schema.checkCounts(dbPath)).toHaveLength(2);
    other.exec('ROLLBACK');
    expectRight(db);
    expect(schema.checkCounts(dbPath)).toEqual([]);
  });

  it('are mended once by two openings at once, and what is recorded meanwhile is counted', async () => {
    const dbPath = file();
    for (let round = 0; round < 4; round += 1) {
      const writer = open({ dbPath });
      const scripts = [1, 2, 3].map(() => startScript(OPEN, { dbPath }));
      await Promise.all(scripts.map((script) => script.printed('ready')));
      foreign(dbPath, REPLACE_ROWID);
      for (const { child } of scripts) child.stdin.write('go\n');
      for (let n = 0; n < 50; n += 1) writer.recordExecution(execution());
      const ended = await Promise.all(scripts.map((script) => script.ended));
      expect(ended.map(({ code, stderr }) => ({ code, stderr }))).toEqual(ended.map(() => ({ code: 0, stderr: '' })));
      expectRight(open({ dbPath }));
      expect(schema.checkCounts(dbPath)).toEqual([]);
    }
  });

  it('are wrong or right, and mended by the next opening, where the process is killed while it mends', async () => {
    const dbPath = file();
    many(dbPath, 20_000);
    for (let attempt = 0; attempt < 8; attempt += 1) {
      foreign(dbPath, `${REPLACE_ROWID}; DROP TRIGGER changes_execution_update`);
      const script = startScript(OPEN, { dbPath });
      await script.printed('ready');
      script.child.stdin.write('go\n');
      await new Promise((resolve) => setTimeout(resolve, attempt * 8));
      script.child.kill('SIGKILL');
      await script.ended;
      expectRight(open({ dbPath }));
      expect(schema.verify(dbPath)).toEqual([]);
    }
  });

  it.each([
    ['as it was last', ''],
    [
      'as it was before counts were checked',
      `DROP TRIGGER execution_counts_doubt_insert; DROP TRIGGER execution_counts_doubt_update;
       DROP TABLE execution_counts_checked`,
    ],
  ])('are those of a version 3 from before it was released, which becomes this one: %s', (_, sql) => {
    const dbPath = earlierFile(sql);
    foreign(dbPath, REPLACE);
    expectRight(open({ dbPath, readonly: true }));
    const [db, lines] = told(dbPath);
    expect(lines).toEqual(['[VisualDB] Counts of executions mended']);
    expectRight(db);
    expect(schema.verify(dbPath)).toEqual([]);
    expect(schemaOf(dbPath).join()).not.toMatch(/execution_counts_(log|checked|by_zone)/);
  });

  it('go with a version 3 from before it was released that is migrated down unopened', () => {
    const dbPath = earlierFile();
    schema.down(dbPath, 2);
    expect(schemaOf(dbPath).join()).not.toMatch(/execution_counts/);
    schema.up(dbPath);
    expectRight(open({ dbPath }));
    expect(schema.verify(dbPath)).toEqual([]);
  });

  it('are right beside a version 3 from before it was released that puts its own tables back', () => {
    const dbPath = file();
    const [db] = told(dbPath);
    elsewhere(dbPath, EARLIER);
    many(dbPath, 9_000);
    expectRight(db);
    expectRight(open({ dbPath }));
    expect(schema.verify(dbPath)).toEqual([]);
  });
});

describe('counts that are right', () => {
  it.each([
    ['INSERT OR REPLACE', REPLACE],
    ['INSERT OR IGNORE', REPLACE.replace('REPLACE', 'IGNORE')],
    [
      'upsert',
      `${REPLACE.replace('OR REPLACE ', '').replace('LIMIT', 'WHERE 1 LIMIT')} ON CONFLICT DO UPDATE SET success = 0`,
    ],
  ])('are not doubted after another program’s %s of ids', (_, sql) => {
    const dbPath = file();
    const [db, lines] = told(dbPath);
    expectRight(db);
    foreign(dbPath, sql);
    expectRight(db);
    many(dbPath, 9_000);
    foreign(dbPath, sql);
    expectRight(db);
    expectRight(open({ dbPath, readonly: true }));
    expect(told(dbPath)[1]).toEqual([]);
    expect(contentOf(dbPath)[3][0].doubts).toBe(0);
    expect(lines).toEqual([]);
  });

  it('stay as they are where an INSERT OR IGNORE met what was there, or the schema got something of its own', () => {
    const dbPath = file();
    const [db, lines] = told(dbPath);
    foreign(dbPath, `${REPLACE.replace('REPLACE', 'IGNORE')}; CREATE TABLE mine (x)`);
    expectRight(db);
    expectRight(open({ dbPath, readonly: true }));
    expect(told(dbPath)[1]).toEqual([]);
    expect(lines).toEqual([]);
  });

  it('stay as they are across folds of their log, and a log that was emptied after one is noticed', () => {
    const dbPath = file();
    many(dbPath, 9_000);
    expect(told(dbPath)[1]).toEqual([]);
    many(dbPath, 9_000);
    foreign(dbPath, 'DELETE FROM changes');
    const [db, lines] = told(dbPath);
    expect(lines).toHaveLength(1);
    expectRight(db);
  });

  it('are not doubted by a connection that has it open while another program folds the log', () => {
    const dbPath = file();
    const [db, lines] = told(dbPath);
    const reading = open({ dbPath, readonly: true });
    const stamp = () => contentOf(dbPath)[3][0].stamp;
    const before = stamp();
    for (let fold = 0; fold < 2; fold += 1) {
      many(dbPath, 9_000);
      expectRight(db);
      expectRight(reading);
    }
    expect(stamp()).toBe(before);
    expect(lines).toEqual([]);
  });

  it('are right where every run is deleted after a fold, and the tables of counts are empty', () => {
    const dbPath = foldedFile();
    const [db, lines] = told(dbPath);
    elsewhere(dbPath, 'DELETE FROM zone_executions');
    expectRight(db);
    many(dbPath, 9_000);
    elsewhere(dbPath, 'DELETE FROM zone_executions');
    expectRight(db);
    expectRight(open({ dbPath, readonly: true }));
    expect(told(dbPath)[1]).toEqual([]);
    expect(lines).toEqual([]);
  });

  it.each([file, foldedFile])('are checked without writing once that was done: %o', (make) => {
    const dbPath = make();
    open({ dbPath }).close();
    const before = contentOf(dbPath);
    expectRight(open({ dbPath }));
    expect(contentOf(dbPath)).toEqual(before);
  });
});
