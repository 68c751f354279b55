// `v_runs`, `v_board` and `v_daily`: views for who asks with SQL; of a file in TEMP, so that nothing in it is over the four tables.
import { execFileSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { Kysely, SqliteDialect } from 'kysely';
import { describe, expect, it } from 'vitest';
import { peerNode } from './support/child.mjs';
import { board, ended, queued, running, waiting } from './support/runs.mjs';
import { execution } from './support/samples.mjs';
import { sql } from './support/sql.mjs';
import { inFiles, open, temporaryFile } from './support/temporary.mjs';

const SQL = fileURLToPath(new URL('../schema/views.sql', import.meta.url));
const PEER = createRequire(new URL('peer/package.json', import.meta.url)).resolve('better-sqlite3');

/** Runs in every state, by whomever, some in the archive. */
function furnished(config) {
  const db = board(config);
  db.assignWorktreeToZone('wt-1', 'zone-1');
  for (const n of [1, 2, 3]) {
    const place = { worktreeId: `wt-${n}`, zoneId: n === 1 ? 'zone-1' : 'zone-2' };
    db.recordExecution(execution({ ...place, success: n > 1, result: { n } }));
    const { id } = ended(db, place, {
      status: ['succeeded', 'failed', 'timedOut'][n - 1],
      result: [n],
      exitCode: n,
      error: `e${n}`,
    });
    db.recordUsage(id, { model: 'm', inputTokens: 1, outputTokens: 1, costMicros: n, costSource: 'reported' });
    if (n < 3) waiting(db, place);
  }
  db.archiveWorktree('wt-3');
  db.cancelRun(queued(db).id);
  queued(db, { availableAt: new Date(Date.now() + 60_000), priority: 3 });
  queued(db, { parentRunId: queued(db).id });
  running(db);
  return db;
}

const inFull = (db) => db.listRuns({ limit: 1000, fields: 'full' }).items;

describe('v_runs', () => {
  it('has every run as lists have it', () => {
    const db = furnished();
    const rows = sql(db).prepare('SELECT * FROM v_runs').all();
    const runs = inFull(db);
    expect(rows).toHaveLength(runs.length);
    for (const run of runs) {
      expect(rows.find(({ id }) => id === run.id)).toEqual({
        id: run.id,
        zone_id: run.zoneId,
        worktree_id: run.worktreeId,
        agent_type: run.agentType,
        status: run.status,
        priority: run.priority,
        attempt: run.attempt,
        parent_run_id: run.parentRunId,
        worker_id: run.workerId,
        created_at: run.createdAt,
        started_at: run.startedAt,
        finished_at: run.finishedAt,
        duration_ms: run.durationMs,
        cost_micros: run.usage.costMicros,
        exit_code: run.exitCode,
        error: run.error,
        question: run.question,
        answer: run.answer,
        prompt: run.prompt,
        result: run.result === null ? null : JSON.stringify(run.result),
        is_archived: Number(run.worktreeId === 'wt-3'),
      });
    }
  });
});

describe('v_board', () => {
  it('has the worktrees of the board, where they are, and what is going on there', () => {
    const db = furnished();
    const { worktrees } = db.getBoard({ runs: true });
    const rows = sql(db).prepare('SELECT * FROM v_board ORDER BY id').all();
    expect(rows.map(({ id, open_runs, cost_micros }) => [id, open_runs, cost_micros])).toEqual(
      worktrees.map(({ id, openRuns, costMicros }) => [id, openRuns, costMicros]).toSorted(),
    );
    expect(rows[0]).toMatchObject({
      id: 'wt-1',
      zone_id: 'zone-1',
      zone_name: 'Zone 1',
      assigned_at: expect.stringMatching(/Z$/),
      port: 3001,
    });
    expect(rows[1]).toMatchObject({ id: 'wt-2', zone_id: null, zone_name: null, assigned_at: null });
  });
});

describe('v_daily', () => {
  it('counts how runs ended, by day, zone and agent', () => {
    const db = furnished();
    const rows = sql(db).prepare('SELECT * FROM v_daily ORDER BY zone_id').all();
    const runs = inFull(db).filter(({ finishedAt }) => finishedAt !== null);
    const sum = (key) => rows.reduce((all, row) => all + row[key], 0);
    expect(sum('runs')).toBe(runs.length);
    for (const status of ['succeeded', 'failed'])
      expect(sum(status)).toBe(runs.filter((run) => run.status === status).length);
    expect(sum('runs')).toBe(sum('succeeded') + sum('failed') + sum('otherwise'));
    expect(sum('cost_micros')).toBe(6);
    expect(rows[0].day).toBe(runs[0].finishedAt.slice(0, 10));
  });
});

describe.runIf(inFiles)('the views of a file', () => {
  it('are not in the file, and in TEMP only once somebody has named one', () => {
    const db = furnished();
    const names = (schema) =>
      db.db.prepare(`SELECT name FROM ${schema}.sqlite_schema WHERE type = 'view'`).pluck().all();
    expect([names('main'), names('temp')]).toEqual([[], []]);
    db.db.exec('SELECT count(*) FROM V_RUNS');
    expect([names('main'), names('temp').toSorted()]).toEqual([[], ['v_board', 'v_daily', 'v_runs']]);
  });

  it('are there on a read-only connection, in transactions, and again after a rollback', () => {
    const dbPath = temporaryFile();
    furnished({ dbPath });
    const reading = open({ dbPath, readonly: true });
    const count = (db) => db.db.prepare('SELECT count(*) FROM v_runs').pluck().get();
    expect(count(reading)).toBe(inFull(reading).length);
    const db = open({ dbPath });
    db.db.exec('BEGIN');
    count(db);
    db.db.exec('ROLLBACK');
    expect(count(db)).toBe(inFull(db).length);
  });

  it.each(['worktrees', 'zone_executions'])('keep nobody from rebuilding %s, on that very connection', (table) => {
    const db = furnished();
    const before = db.db.prepare('SELECT count(*) FROM v_runs').pluck().get();
    const { sql } = db.db.prepare('SELECT sql FROM sqlite_schema WHERE name = ?').get(table);
    db.db.pragma('foreign_keys = OFF');
    db.db.exec('BEGIN');
    db.db.exec(sql.replace(table, `new_${table}`));
    db.db.exec(`INSERT INTO new_${table} SELECT * FROM ${table}`);
    db.db.exec(`DROP TABLE ${table}`);
    db.db.exec(`ALTER TABLE new_${table} RENAME TO ${table}`);
    db.db.exec('COMMIT');
    db.db.pragma('foreign_keys = ON');
    expect(db.db.prepare('SELECT count(*) FROM v_runs').pluck().get()).toBe(before);
  });

  it('leave alone what somebody else calls so', () => {
    const db = furnished();
    db.db.exec('CREATE TABLE v_runs (a)');
    expect(db.db.prepare('SELECT * FROM v_runs').all()).toEqual([]);
    db.db.exec('DROP TABLE v_runs; CREATE TEMP VIEW v_daily AS SELECT 1 AS mine');
    db.db.exec('CREATE TABLE t (a); DROP TABLE t');
    expect(db.db.prepare('SELECT * FROM v_daily').all()).toEqual([{ mine: 1 }]);
  });

  it('are what Kysely reads as it reads tables', async () => {
    const db = furnished();
    const kysely = new Kysely({ dialect: new SqliteDialect({ database: db.db }) });
    const rows = await kysely
      .selectFrom('v_board')
      .innerJoin('v_runs', 'v_runs.worktree_id', 'v_board.id')
      .select(['v_board.zone_name', 'v_runs.status'])
      .where('v_runs.status', '=', 'running')
      .execute();
    expect(rows).toEqual([{ zone_name: 'Zone 1', status: 'running' }]);
  });

  it('are a file for every other connection: the sqlite3 shell and better-sqlite3', () => {
    const dbPath = temporaryFile();
    const db = furnished({ dbPath });
    const expected = `${inFull(db).length}\n`;
    const shell = execFileSync('sqlite3', [dbPath, `.read ${SQL}`, 'SELECT count(*) FROM v_runs'], {
      encoding: 'utf8',
    });
    expect(shell).toBe(expected);
    const code = `const db = require(${JSON.stringify(PEER)})(process.argv[1]);
      db.exec(require('node:fs').readFileSync(process.argv[2], 'utf8'));
      console.log(db.prepare('SELECT count(*) FROM v_runs').pluck().get());
      db.prepare('SELECT * FROM v_board').all(); db.prepare('SELECT * FROM v_daily').all();`;
    expect(execFileSync(peerNode(), ['-e', code, dbPath, SQL], { encoding: 'utf8' })).toBe(expected);
  });
});
