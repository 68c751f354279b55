// A board is moved from a file to a server, back, and between two of either: `visual-db copy`. What an export has of it is the same to the byte.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { describe, expect, test, vi } from 'vitest';
import { visualDb, visualDbWith } from './support/backups.mjs';
import { furnish, scribble } from './support/furnished.mjs';
import { temporarySchema } from './support/postgres/databases.mjs';
import { claim, everything } from './support/runs.mjs';
import { execution, worktree, zone } from './support/samples.mjs';
import { open, temporaryFile, temporaryFolder } from './support/temporary.mjs';

vi.setConfig({ testTimeout: 120_000 });

async function exported(db, options) {
  const path = join(temporaryFolder(), 'board.jsonl');
  await db.exportAll(path, options);
  return readFileSync(path, 'utf8');
}

const take = (db, text) => db.importAll(Readable.from([Buffer.from(text)]));

/** A board in a file that has something of everything; `rest` has nobody at work. */
function furnishedFile({ atWork = true } = {}) {
  const dbPath = temporaryFile();
  const db = furnish(open({ dbPath }));
  if (!atWork) for (const { id } of db.listRuns({ status: 'running' }).items) end(db, id);
  return { dbPath, db };
}

function end(db, id) {
  db.db.exec(`UPDATE leases SET deadline = 0, expires_at = 0, sound_to = 0 WHERE run_id = '${id}'`);
  db.sweepRuns();
}

/** Runs the command. Names of servers are those of places. */
function copy(from, to, ...rest) {
  const [source, target] = [from, to].map((of) => of.url ?? of);
  const schemas = [
    ...(from.schema ? ['--from-schema', from.schema] : []),
    ...(to.schema ? ['--to-schema', to.schema] : []),
  ];
  return visualDb('copy', source, target, ...schemas, ...rest);
}

describe('visual-db copy', () => {
  test('takes a board to a server and back: its export is the same to the byte', async () => {
    const { dbPath, db } = furnishedFile({ atWork: false });
    const server = temporarySchema();
    const there = copy(dbPath, server);
    expect([there.status, there.stderr]).toEqual([0, '']);
    expect(there.stdout).toMatch(/^zones +2 +[0-9a-f]{16}\n[^]*rows taken, and the same there\.\n$/);
    const text = await exported(db);
    const on = open(server);
    expect((await exported(on)).split('\n')).toEqual(text.split('\n'));
    const back = temporaryFile();
    expect(copy(server, back).status).toBe(0);
    expect(await exported(open({ dbPath: back }))).toBe(text);
  });

  test('from one server to another, and from one file to another', async () => {
    const { dbPath, db } = furnishedFile({ atWork: false });
    const [one, two] = [temporarySchema(), temporarySchema()];
    for (const [from, to] of [
      [dbPath, one],
      [one, two],
    ])
      expect(copy(from, to).status).toBe(0);
    const text = await exported(db);
    expect(await exported(open(two))).toBe(text);
    const file = temporaryFile();
    expect(copy(dbPath, file).status).toBe(0);
    expect(await exported(open({ dbPath: file }))).toBe(text);
  });

  test('of a board that was made on a server', async () => {
    const server = temporarySchema();
    const db = furnish(open(server));
    db.deleteWorktree('wt-3');
    const text = await exported(db);
    const [file, again] = [temporaryFile(), temporarySchema()];
    expect(copy(server, file).stderr).toBe('');
    expect(copy(file, again).stderr).toBe('');
    const clocks = (line) => line.replace(/"(boot|sound_to|deadline|claimed)":(null|-?\d+)/g, '"$1":0');
    expect((await exported(open(again))).split('\n').slice(0, -2).map(clocks)).toEqual(
      text.split('\n').slice(0, -2).map(clocks),
    );
  });

  test('a worker goes on in the copy, and what is next in line is', () => {
    const { dbPath, db } = furnishedFile();
    const server = temporarySchema();
    expect(copy(dbPath, server)).toMatchObject({ status: 0, stderr: '' });
    const on = open(server);
    const [run] = on.listRuns({ status: 'running', fields: 'full' }).items;
    const [was] = db.listRuns({ status: 'running', fields: 'full' }).items;
    expect(run).toEqual(was);
    db.setRunLimit({ zoneId: 'zone-1' }, null);
    on.setRunLimit({ zoneId: 'zone-1' }, null);
    const next = (of) => [1, 2, 3].map(() => claim(of)?.run.id);
    expect(next(on)).toEqual(next(db));
    on.recordExecution(execution());
    expect(on.createZone(zone(8)).id).toBe('zone-8');
    expect(on.createWorktree(worktree(8)).id).toBe('wt-8');
    on.moveWorktree('wt-8', 'zone-8');
    expect(on.getMoves().items[0]).toMatchObject({ worktreeId: 'wt-8' });
  });

  test('the board answers there as it did', () => {
    const { dbPath, db } = furnishedFile();
    const server = temporarySchema();
    copy(dbPath, server);
    const answers = (of) => ({
      board: of.getBoard().zones,
      worktrees: of.listWorktrees(),
      runs: of.listRuns({ fields: 'full', limit: 1000 }).items,
      statistics: [of.getExecutionStats(), of.getExecutionStats({ zoneId: 'zone-1' }), of.getStats()],
      moves: of.getMoves().items,
      budgets: of.getBudgets(),
      limits: of.getRunLimits(),
      metadata: of.getMetadata('worktree', 'wt-1'),
      output: of.getOutput(of.listRuns({ status: 'running' }).items[0].id),
    });
    expect(answers(open(server))).toEqual(answers(db));
  });

  test('names what PostgreSQL can’t have, all of it, before anything is written', () => {
    const { dbPath, db } = furnishedFile();
    scribble(db);
    const server = temporarySchema();
    const on = open(server);
    const before = everything(on);
    for (const more of [[], ['--check']]) {
      const { status, stdout } = copy(dbPath, server, ...more);
      expect(status).toBe(1);
      for (const why of [
        'zones null: "id" must be text on PostgreSQL, got null',
        'worktrees "odd": "path" must be text on PostgreSQL, got a blob',
        'worktree_zones: there is no worktree nobody',
        'worktree_zones: there is no zone nowhere',
        'zone_executions null: "id" must be text',
        'zone_executions "blob": "prompt" must be text on PostgreSQL, got a blob',
        'zone_executions "large": "success" must be a whole number on PostgreSQL, got -1.5',
      ])
        expect(stdout).toContain(why);
      expect(stdout).toContain("can't be taken, so nothing was.");
      expect(everything(on)).toEqual(before);
    }
    const told = copy(dbPath, server, '--check', '--json').json();
    expect(told.refused[0]).toEqual({ line: expect.any(Number), table: 'zones', why: expect.any(String) });
  });

  test('--check of a board that can be taken says so, and takes nothing', async () => {
    const { dbPath } = furnishedFile();
    const server = temporarySchema();
    expect(copy(dbPath, server, '--check')).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(/^All \d+ rows can be taken\.\n$/),
    });
    expect((await exported(open(server))).split('\n')).toHaveLength(3);
  });

  test('wants a target that is empty, and leaves no file where nothing came', () => {
    const { dbPath } = furnishedFile();
    const server = temporarySchema();
    open(server).createZone(zone(1));
    const { status, stderr } = copy(dbPath, server);
    expect([status, stderr]).toEqual([1, expect.stringContaining('the target has a board already')]);
    const file = temporaryFile();
    expect(copy('/nowhere/visual.db', file)).toMatchObject({ status: 1 });
    expect(copy(temporarySchema(), file)).toMatchObject({ status: 1, stderr: expect.stringContaining('no board') });
    expect(existsSync(file)).toBe(false);
  });

  test('no password is in what it says', () => {
    const url = 'postgres://me:geheim@127.0.0.1:9/x';
    for (const [from, to] of [
      [url, temporaryFile()],
      [furnishedFile().dbPath, url],
    ]) {
      const { status, stdout, stderr } = visualDbWith({}, 'copy', from, to);
      expect(status).toBe(1);
      expect(stderr).toContain('127.0.0.1:9');
      expect(stdout + stderr).not.toContain('geheim');
    }
  });

  test('ids, texts and numbers of any kind come as they are', async () => {
    const db = open({ dbPath: temporaryFile() });
    db.createZone(
      zone(1, {
        name: 'a\u0000b\u0001c\u{1f600}',
        position: { x: 0.1, y: -1e300 },
        size: { width: 5e-324, height: 300 },
      }),
    );
    db.createWorktree(worktree(1, { position: { x: 1e18, y: -0 } }));
    db.setMetadata('zone', 'zone-1', { text: '\u0000\u0001', deep: [[{}]] });
    db.recordExecution({ ...execution(), prompt: '\u0000'.repeat(3000) });
    const text = await exported(db);
    const on = open();
    await take(on, text);
    expect((await exported(on)).split('\n')).toEqual(text.split('\n'));
    expect(on.getZone('zone-1')).toEqual(db.getZone('zone-1'));
  });

  test('a transaction that others have open keeps nobody from being read, and what they commit later is not in it', async () => {
    const server = temporarySchema();
    const db = furnish(open(server));
    const before = await exported(db);
    const other = open(server);
    other.transaction(() => {
      other.createZone(zone(7));
      const { status } = copy(server, temporaryFile());
      expect(status).toBe(0);
    });
    expect(await exported(db)).not.toBe(before);
  });
});
