// exportAll: the whole board as lines of JSON, or what ran as spans.
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough, Writable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { furnish, scribble } from './support/furnished.mjs';
import { ended } from './support/runs.mjs';
import { execution, worktree, zone } from './support/samples.mjs';
import { sql } from './support/sql.mjs';
import { inFiles, open, place, temporaryFolder } from './support/temporary.mjs';

/** The lines of an export, each as an object. */
async function linesOf(db, options) {
  const path = join(temporaryFolder(), 'board.jsonl');
  await db.exportAll(path, options);
  const text = readFileSync(path, 'utf8');
  expect(text.endsWith('\n')).toBe(true);
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
}

const tablesOf = (lines) => [...new Set(lines.map(({ table }) => table).filter(Boolean))];

describe('exportAll', () => {
  test('writes a header, a row a line, and an end that says how many lines there are and what they were', async () => {
    const lines = await linesOf(furnish(open(place())));
    expect(lines[0]).toEqual({ format: 'visual-db', version: 1, schema: expect.any(Number), since: null });
    expect(lines.at(-1)).toEqual({ end: lines.length - 1, sha256: expect.stringMatching(/^[0-9a-f]{64}$/) });
    expect(tablesOf(lines)).toEqual([
      'zones',
      'worktrees',
      'worktree_zones',
      'metadata',
      'wip_limits',
      'run_limits',
      'budgets',
      'spent',
      'worktree_costs',
      'archived_worktrees',
      'archived_executions',
      'zone_executions',
      'runs',
      'leases',
      'run_attempts',
      'run_models',
      'usage_events',
      'run_output',
      'archived_runs',
      'moves',
    ]);
  });

  test('has neither tables of the user nor what is folded from the rest', async () => {
    const db = furnish(open(place()));
    sql(db).exec('CREATE TABLE mine (a integer)');
    db.listRuns();
    const tables = tablesOf(await linesOf(db));
    expect(tables.filter((table) => /mine|history|changes|boards|counts|undo|migrations/.test(table))).toEqual([]);
  });

  test('has no run that went with its execution, nor what was of it', async () => {
    const db = open(place());
    db.createZone(zone(1));
    db.createWorktree(worktree(1));
    const run = { zoneId: 'zone-1', worktreeId: 'wt-1' };
    const { id } = ended(db, run);
    db.recordUsage(id, { model: 'm', inputTokens: 1 });
    db.deleteWorktree('wt-1');
    expect(db.getRun(id)).toBeNull();
    expect(tablesOf(await linesOf(db))).toEqual(['zones']);
  });

  test.runIf(inFiles)('says what JSON cannot say as an object', async () => {
    const lines = await linesOf(scribble(furnish(open(place()))));
    const of = (table, id) => lines.find((line) => line.table === table && line.id === id);
    expect(of('zones', null)).toMatchObject({ description: { text: 'ff80' }, position_x: { real: 'Infinity' } });
    expect(of('worktrees', 'odd')).toMatchObject({ path: { blob: '00ff' }, task_id: { blob: '' }, port: 'no port' });
  });

  test('has moves that only the log has, and needs no permission to write', async () => {
    const where = place();
    const db = furnish(open(where));
    const moves = (await linesOf(open({ ...where, readonly: true }))).filter(({ table }) => table === 'moves');
    expect(moves.map(({ worktree_id: id, to_zone_id: to }) => [id, to])).toEqual(
      db
        .getMoves()
        .items.toReversed()
        .map(({ worktreeId, to }) => [worktreeId, to?.id ?? to]),
    );
    expect(moves.map(({ key }) => key)).toEqual(moves.map((_, n) => n + 1));
  });

  test('is one state, whatever others write meanwhile, and of a database in memory, too', async () => {
    const db = furnish(open());
    const before = db.getStats().executions;
    let writing = true;
    const lines = [];
    const sink = new Writable({
      write: (chunk, _, done) => {
        if (writing) db.recordExecution(execution());
        writing = false;
        lines.push(...chunk.toString().split('\n'));
        done();
      },
    });
    await db.exportAll(sink);
    const executions = lines.filter((line) => /^\{"table":"(zone|archived)_executions"/.test(line)).length;
    expect([executions, db.getStats().executions > executions - 4]).toEqual([expect.any(Number), true]);
    expect(before).toBeGreaterThan(0);
  });

  test('with `since`, has the whole board and of what ran and moved only what is of that time or later', async () => {
    const db = open(place());
    furnish(db);
    const later = new Date(Date.now() + 5);
    while (Date.now() < later.getTime() + 2);
    const id = db.recordExecution(execution());
    db.moveWorktree('wt-1', 'zone-1');
    const lines = await linesOf(db, { since: later });
    const of = (name) => lines.filter(({ table }) => table === name);
    expect(lines[0].since).toBe(later.getTime());
    expect([of('zones').length, of('worktrees').length]).toEqual([2, 3]);
    expect(of('zone_executions').map((line) => line.id)).toEqual([id]);
    expect(of('moves')).toHaveLength(1);
    // What is open is there, whenever it began.
    expect(of('runs').filter((line) => line.place !== null).length).toBeGreaterThan(3);
  });

  test('with `since`, has what was used by executions of that time or later, however others wrote that', async () => {
    const db = furnish(open(place()));
    sql(db).exec(`INSERT INTO zone_executions (id, zone_id, worktree_id, agent_type, prompt, executed_at)
      VALUES ('theirs', 'zone-1', 'wt-1', 'qa', 'x', '2999-11-28 12:00:00')`);
    db.recordUsage('theirs', { model: 'theirs', inputTokens: 1 });
    const lines = await linesOf(db, { since: '2999-11-28T11:00:00Z' });
    expect(lines.filter(({ table }) => table === 'run_models').map(({ model }) => model)).toContain('theirs');
  });

  test('tells how far it is, and ends where `onProgress` throws', async () => {
    const db = furnish(open(place()));
    const path = join(temporaryFolder(), 'a.jsonl');
    const steps = [];
    const { lines, bytes } = await db.exportAll(path, { onProgress: (step) => steps.push(step) });
    expect(steps.at(-1)).toEqual({ stage: 'export', lines, ofLines: lines, bytes });
    expect(bytes).toBe(statSync(path).size);
    const stop = new Error('stop');
    const other = `${path}.2`;
    await expect(
      db.exportAll(other, {
        onProgress: () => {
          throw stop;
        },
      }),
    ).rejects.toBe(stop);
    expect(existsSync(other)).toBe(false);
  });

  test('makes a file for its owner alone, and replaces none', async () => {
    const db = furnish(open(place()));
    const path = join(temporaryFolder(), 'a.jsonl');
    writeFileSync(path, 'mine');
    await expect(db.exportAll(path)).rejects.toMatchObject({
      code: 'ERR_EXPORT_EXISTS',
      method: 'exportAll',
      field: 'target',
    });
    expect(readFileSync(path, 'utf8')).toBe('mine');
    await db.exportAll(`${path}.2`);
    expect(statSync(`${path}.2`).mode & 0o777).toBe(0o600);
  });

  test('goes into streams of Node and of the web, and hears what is wrong with them', async () => {
    const db = furnish(open(place()));
    const whole = await new Response(
      (() => {
        const { readable, writable } = new TransformStream();
        void db.exportAll(writable);
        return readable;
      })(),
    ).text();
    const through = new PassThrough();
    const text = new Response(through).text();
    await db.exportAll(through);
    expect(await text).toBe(whole);
    const broken = new Writable({ write: (_, __, done) => done(new Error('full')) });
    await expect(db.exportAll(broken)).rejects.toThrow('full');
    const closed = new PassThrough();
    closed.destroy();
    await expect(db.exportAll(closed)).rejects.toThrow('closed');
  });

  test('refuses what is no target, format, time or key', async () => {
    const db = open();
    const refused = (...args) =>
      db.exportAll(...args).then(
        () => 'nothing',
        ({ code, field }) => [code, field],
      );
    expect(await refused(5)).toEqual(['ERR_INVALID_ARG_TYPE', 'target']);
    expect(await refused('')).toEqual(['ERR_INVALID_ARG_VALUE', 'target']);
    expect(await refused('x', { format: 'csv' })).toEqual(['ERR_INVALID_ARG_VALUE', 'format']);
    expect(await refused('x', { since: 'soon' })).toEqual(['ERR_INVALID_ARG_VALUE', 'since']);
    expect(await refused('x', { form: 'jsonl' })).toEqual(['ERR_UNKNOWN_KEY', 'form']);
    expect(await refused('x', { onProgress: 1 })).toEqual(['ERR_INVALID_ARG_TYPE', 'onProgress']);
  });
});

describe('format: otlp-json', () => {
  test('is a span for each run that has ended, with its time, its parent, its usage and how it ended', async () => {
    const db = furnish(open(place()));
    const parent = ended(db, { prompt: 'p' }, { status: 'succeeded' });
    const child = ended(db, { parentRunId: parent.id }, { status: 'failed', error: 'broken', exitCode: 3 });
    const lines = await linesOf(db, { format: 'otlp-json' });
    const spans = lines.flatMap(({ resourceSpans }) =>
      resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap((scope) => scope.spans)),
    );
    const attributes = (span) =>
      Object.fromEntries(span.attributes.map(({ key, value }) => [key, value.stringValue ?? value.intValue]));
    const of = (id) => spans.find((span) => attributes(span)['visual_db.run.id'] === id);
    expect(of(child.id)).toMatchObject({
      traceId: of(parent.id).traceId,
      parentSpanId: of(parent.id).spanId,
      name: `invoke_agent ${child.agentType}`,
      kind: 1,
      endTimeUnixNano: `${Date.parse(child.finishedAt)}000000`,
      status: { code: 2, message: 'broken' },
    });
    expect(attributes(of(child.id))).toMatchObject({ 'process.exit.code': '3', 'visual_db.zone.id': 'zone-1' });
    const endedRuns = db.listRuns({ status: ['succeeded', 'failed', 'cancelled'], limit: 1000 }).items;
    expect(spans).toHaveLength(endedRuns.length);
    expect(new Set(spans.map(({ spanId }) => spanId)).size).toBe(spans.length);
  });
});
