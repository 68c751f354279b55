// The command line on a server: --db, or VISUAL_DB_PATH, is its URL. What is about a file says what to use instead, and no
// message has the password.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { visualDb, visualDbWith } from './support/backups.mjs';
import { temporarySchema } from './support/postgres/databases.mjs';
import { board, queued } from './support/runs.mjs';
import { execution, furnish } from './support/samples.mjs';
import { sql } from './support/sql.mjs';
import { open, temporaryFolder } from './support/temporary.mjs';

vi.setConfig({ testTimeout: 60_000 });

function furnished() {
  const { url, schema } = temporarySchema();
  const db = furnish(open({ url, schema }));
  db.recordExecution(execution());
  return { url, db, env: { VISUAL_DB_SCHEMA: schema } };
}

describe('stats', () => {
  it('counts the board, told of it by --db as well as by VISUAL_DB_PATH', () => {
    const { url, db, env } = furnished();
    const told = visualDbWith({ env }, 'stats', '--db', url, '--json');
    expect(told.stderr).toBe('');
    expect(told.json().counts).toEqual(db.getStats());
    expect(visualDbWith({ env: { ...env, VISUAL_DB_PATH: url } }, 'stats', '--json').json()).toEqual(told.json());
  });

  it('makes no board where there is none', () => {
    const { url, schema } = temporarySchema();
    const { status, stderr } = visualDbWith({ env: { VISUAL_DB_SCHEMA: schema } }, 'stats', '--db', url);
    expect(status).toBe(1);
    expect(stderr).toContain(`there is no board in its schema '${schema}'`);
  });
});

/** What a command gives as JSON of a board on a server, told of it by its environment. */
function toldBy({ url, env }, ...args) {
  const { status, stderr, ...told } = visualDbWith({ env }, ...args, '--db', url, '--json');
  expect([status, stderr]).toEqual([0, '']);
  return told.json();
}

describe('worktrees', () => {
  it('lists what findWorktrees does', () => {
    const { db, ...at } = furnished();
    const filter = { zoneId: 'zone-1', branchName: 'feature/*', orderBy: 'branch' };
    const found = db.findWorktrees(filter);
    expect(found.items).not.toEqual([]);
    expect(toldBy(at, 'worktrees', '--zone', 'zone-1', '--branch', 'feature/*', '--order', 'branch')).toEqual(found);
    expect(visualDbWith({ env: at.env }, 'worktrees', '--db', at.url).stdout).toMatch(/│ wt-1 +│ active +│ Zone 1 +│/);
  });
});

describe('flow', () => {
  it('gives what getFlow does', () => {
    const { db, ...at } = furnished();
    const flow = db.getFlow({ bucket: 'day' });
    expect(flow.buckets.at(-1)).toMatchObject({ arrived: 1, zones: { 'zone-1': 1 } });
    expect(toldBy(at, 'flow')).toEqual(flow);
  });
});

describe('trend', () => {
  it('gives what getTrend does', () => {
    const { db, ...at } = furnished();
    const trend = db.getTrend({ bucket: 'day', by: 'zone' });
    expect(trend.at(-1)).toMatchObject({ key: 'zone-1', runs: 2 });
    expect(toldBy(at, 'trend', '--by', 'zone')).toEqual(trend);
    expect(visualDbWith({ env: at.env }, 'trend', '--db', at.url).stdout).toContain('runs');
  });
});

describe('doctor', () => {
  it('finds nothing, and says how far the server is', () => {
    const { url, env } = furnished();
    const { status, ...told } = visualDbWith({ env }, 'doctor', '--db', url, '--json');
    expect(status).toBe(0);
    expect(told.json().map(({ check }) => check)).toEqual([
      'opening',
      'counts',
      'distance',
      'search',
      'fsync',
      'full_page_writes',
      'synchronous_commit',
      'standbys',
    ]);
    expect(told.stdout).toMatch(/a call takes [\d.]+ ms/);
  });

  it('finds a server that can’t be reached, and is no problem of the password’s secrecy', () => {
    const { status, stdout, stderr } = visualDb('doctor', '--db', 'postgres://me:geheim@127.0.0.1:9/x');
    expect(status).toBe(1);
    expect(stdout).toContain('127.0.0.1:9 is unavailable');
    expect(stdout + stderr).not.toContain('geheim');
  });
});

describe('archive, archived and restore-worktree', () => {
  it('take a worktree of the server off the canvas, show it, and bring it back', () => {
    const { url, db, env } = furnished();
    const on = (...given) => visualDbWith({ env }, ...given, '--db', url);
    const before = db.getWorktree('wt-1');
    const archived = on('archive', 'feature/1', '--reason', 'merged', '--json');
    expect(archived.stderr).toBe('');
    expect(archived.json()).toMatchObject({ worktree: before, reason: 'merged', executions: 2 });
    expect(db.listArchived().items).toEqual([archived.json()]);
    expect(on('archived', '--json').json().items).toEqual([archived.json()]);
    expect(on('archived').stdout).toContain('merged');
    expect(on('restore-worktree', 'wt-1', '--json').json()).toEqual(before);
    expect(on('restore-worktree', 'wt-1').stderr).toContain('no worktree is archived as wt-1');
  });
});

describe('undo and redo', () => {
  it('take back what somebody did on the server, and do it again', () => {
    const { url, db, env } = furnished();
    const on = (...given) => visualDbWith({ env }, ...given, '--by', 'user:anna', '--db', url);
    db.as({ kind: 'user', id: 'anna' }).updateWorktree('wt-1', { status: 'done' });
    const undone = on('undo', '--json');
    expect(undone.stderr).toBe('');
    expect(undone.json()).toMatchObject([{ entity: 'worktree', id: 'wt-1', fields: { status: 'active' } }]);
    expect(on('undo').stdout).toBe('There is nothing to undo.\n');
    expect(on('redo').stdout).toContain('worktree wt-1');
    expect(db.getWorktree('wt-1').status).toBe('done');
    db.updateWorktree('wt-1', { status: 'other' });
    expect(on('undo').stderr).toContain('status of worktree wt-1 was changed since by somebody else');
    expect(on('undo', '--skip').stdout).toBe('There is nothing to undo.\n');
  });
});

describe('search', () => {
  it('is off until its index is built, finds what a file’s does, and doctor compares the index', () => {
    const { url, schema } = temporarySchema();
    const db = board({ url, schema });
    const id = db.recordExecution(execution({ prompt: 'Fix the\ncart in src/db.rs:42', success: true }));
    const wish = queued(db, { prompt: 'the cart of 2', zoneId: 'zone-2', worktreeId: 'wt-2' });
    const search = (...args) => visualDbWith({ env: { VISUAL_DB_SCHEMA: schema } }, ...args, '--db', url);
    const doctor = () =>
      search('doctor', '--json')
        .json()
        .find(({ check }) => check === 'search');
    const ids = (...args) =>
      search('search', ...args, '--json')
        .json()
        .items.map(({ run }) => run.id);
    expect(search('search', 'cart').stderr).toMatch(/the search is off: enableSearch/);
    expect(doctor()).toMatchObject({ state: 'ok', finding: 'off' });
    expect(search('search', '--enable').stdout).toBe('2 runs indexed: words can be searched.\n');
    expect(search('search', 'SRC/db.rs:42').stdout).toMatch(
      /^exec-\S+ {2}succeeded {2}\d{4}-\S+Z {2}frontend, prompt\n {2}Fix the cart in src\/db.rs:42\n$/,
    );
    expect(search('search', 'nothing').stdout).toBe('Nothing was found.\n');
    expect(search('search', 'cart', '--json').json()).toEqual(db.searchRuns('cart'));
    expect(ids('cart', '--zone', 'Zone 2', '--worktree', 'feature/2', '--status', 'queued')).toEqual([wish.id]);
    expect(ids('car* NOT src', '--syntax')).toEqual([wish.id]);
    search('search', '--enable', '--mode', 'substring');
    expect(ids('ARt in', '--mode', 'substring', '--in', 'prompt')).toEqual([id]);
    const [, next] = /There are more: --after (\S+)/.exec(search('search', 'cart', '--limit', '1').stdout);
    expect(ids('cart', '--after', next)).toHaveLength(1);
    expect(doctor()).toMatchObject({ state: 'ok', finding: 'every run is indexed as it is' });
    sql(db).exec('ALTER TABLE zone_executions DISABLE TRIGGER search_execution_changed');
    sql(db).exec("UPDATE zone_executions SET prompt = 'something else'");
    expect(doctor()).toMatchObject({
      state: 'problem',
      finding: `1 runs are not indexed as they are (such as ${id})`,
    });
    expect(search('search', '--disable').stdout).toBe('The index is removed.\n');
    search('search', '--enable');
    expect(doctor()).toMatchObject({ state: 'ok', finding: 'every run is indexed as it is' });
  });
});

describe.each([
  ['backup', 'pg_dump'],
  ['backups', 'pg_dump'],
  ['verify', 'pg_restore'],
  ['restore', 'pg_restore'],
  ['prune-backups', 'backups of the server'],
  ['vacuum', 'by itself'],
])('%s', (command, instead) => {
  it('says that it is of a file, and what to use instead', () => {
    const given = ['verify', 'restore'].includes(command) ? ['x'] : [];
    const { status, stdout, stderr } = visualDb(command, ...given, '--db', 'postgres://me:geheim@127.0.0.1:9/x');
    expect(status).toBe(1);
    expect(stderr).toContain(`${command} is not available on PostgreSQL: use `);
    expect(stderr).toContain(instead);
    expect(stdout + stderr).not.toContain('geheim');
  });
});

describe('export, import, prune and retention', () => {
  it('are of a server’s board as of a file’s', () => {
    const { url, db, env } = furnished();
    const told = (...args) => visualDbWith({ env }, ...args, '--db', url);
    const { stdout, status } = told('export', '-');
    expect(status).toBe(0);
    const file = join(temporaryFolder(), 'board.jsonl');
    writeFileSync(file, stdout);
    expect(told('import', file).stdout).toMatch(/Nothing was new/);
    const { schema } = temporarySchema();
    const other = visualDbWith({ env: { VISUAL_DB_SCHEMA: schema } }, 'import', file, '--db', url);
    expect([other.status, other.stdout]).toEqual([
      0,
      expect.stringMatching(/^\d+ lines read, 0 of them there already/),
    ]);
    expect(told('retention').stdout).toMatch(/Everything is kept/);
    expect(told('retention', 'set', '--runs', '1y').stdout).toMatch(/Kept: runs 1y/);
    expect(db.getRetention().runs).toBe('1y');
    expect(told('prune', '--per-zone', '0', '--dry-run').stdout).toMatch(/2 runs would be removed/);
    expect(told('prune', '--per-zone', '0').stdout).toMatch(/2 runs removed/);
    expect(db.getExecutionStats().total).toBe(2);
    expect(told('retention', 'off').status).toBe(0);
    expect(db.getRetention()).toBeNull();
  });
});
