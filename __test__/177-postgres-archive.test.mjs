// The archive of a server's board, which several programs archive to and restore from at once, and one that is killed at it.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect, it, vi } from 'vitest';
import { temporarySchema } from './support/postgres/databases.mjs';
import { idsOf } from './support/runs.mjs';
import { execution, worktree, zone } from './support/samples.mjs';
import { expectSound, sql } from './support/sql.mjs';
import { open } from './support/temporary.mjs';

vi.setConfig({ testTimeout: 120_000 });

const ENTRY = fileURLToPath(new URL('../lib/index.js', import.meta.url));

/** A process with `db` on a board, and so many `times`, that does something. */
function startProgram(at, times, source) {
  const program = `
    const { VisualDatabase } = require(${JSON.stringify(ENTRY)});
    const db = new VisualDatabase({ ...JSON.parse(process.argv[1]), timeout: 20000 });
    const times = Number(process.argv[2]);
    ${source}
    db.close();`;
  const stdio = ['ignore', 'pipe', 'inherit'];
  return spawn(process.execPath, ['-e', program, JSON.stringify(at), `${times}`], { stdio });
}

/** Archives and restores worktrees, one after the other. */
const archivist = (at, ids, times) =>
  startProgram(
    at,
    times,
    `const ids = ${JSON.stringify(ids)};
     for (let n = 0; n < times; n += 1) {
       db.archiveWorktree(ids[n % ids.length]);
       if (n === 0) console.log('begun');
       db.restoreWorktree(ids[n % ids.length]);
     }`,
  );

/** Worktrees 1 to 4 in two zones, and executions of each. */
function furnished(count) {
  const at = temporarySchema();
  const db = open({ ...at, timeout: 20_000 });
  for (const n of [1, 2]) db.createZone(zone(n));
  for (const n of [1, 2, 3, 4]) db.createWorktree(worktree(n));
  db.recordExecutions(
    Array.from({ length: count }, (_, n) =>
      execution({ worktreeId: `wt-${1 + (n % 4)}`, zoneId: `zone-${1 + (n % 2)}` }),
    ),
  );
  return { at, db };
}

/** What is in the archive is counted there, and each execution is a run, and is somewhere. */
function expectRight(db) {
  expectSound(db);
  const one = (text) => sql(db).prepare(text).pluck().get();
  const executions =
    'SELECT id, NULL::bigint AS archive FROM zone_executions UNION ALL SELECT id, archive FROM archived_executions';
  expect(
    one(`SELECT count(*)::int FROM archived_worktrees WHERE executions <> (SELECT count(*) FROM archived_executions WHERE archive = key)
         AND restored_at IS NULL`),
  ).toBe(0);
  expect(
    one(`SELECT count(*)::int FROM runs AS r FULL JOIN (${executions}) AS e ON e.id = r.id
         WHERE r.id IS NULL OR e.id IS NULL AND r.executed OR r.archive IS DISTINCT FROM e.archive`),
  ).toBe(0);
}

it('a program that is killed leaves a worktree here or there, with all of its history', async () => {
  const count = 2000;
  const { at, db } = furnished(count);
  const found = { here: 0, there: 0 };
  for (let kill = 0; kill < 12; kill += 1) {
    const child = archivist(at, ['wt-1'], 100_000);
    await once(child.stdout, 'data');
    await setTimeout((kill * 17) % 90);
    child.kill('SIGKILL');
    await once(child, 'close');
    // Waits for what the server still does for it.
    db.transaction(() => db.getStats());
    const isHere = db.getWorktree('wt-1') !== null;
    found[isHere ? 'here' : 'there'] += 1;
    expect(db.listArchived().items).toHaveLength(isHere ? 0 : 1);
    expect(db.getWorktreeExecutions('wt-1', -1)).toHaveLength(count / 4);
    expect(db.getExecutionStats()).toMatchObject({ total: count });
    expectRight(db);
    if (!isHere) db.restoreWorktree('wt-1');
  }
  expect(found.here + found.there).toBe(12);
});

it('several at once, and others that record, lose nothing, and each reads a whole history', async () => {
  const count = 800;
  const { at, db } = furnished(count);
  const children = [archivist(at, ['wt-1', 'wt-2'], 40), archivist(at, ['wt-3'], 40)];
  const ended = Promise.all(children.map((child) => once(child, 'close')));
  let isOver = false;
  void ended.then(() => (isOver = true));
  let recorded = 0;
  while (!isOver) {
    db.recordExecution(execution({ worktreeId: 'wt-4' }));
    recorded += 1;
    expect(db.getExecutionStats({ worktreeId: 'wt-1' }).total).toBe(count / 4);
    expect(db.getWorktreeExecutions('wt-3', -1)).toHaveLength(count / 4);
    expect(db.listRuns({ worktreeId: 'wt-2', limit: 1000 }).items).toHaveLength(count / 4);
    expect(db.getStats().executions).toBe(count + recorded);
    await setTimeout(0);
  }
  for (const [code] of await ended) expect(code).toBe(0);
  expect(recorded).toBeGreaterThan(10);
  expect(db.getExecutionStats()).toMatchObject({ total: count + recorded });
  expect(db.listArchived().items).toEqual([]);
  expectRight(db);
});

it('of many that want the same one it is archived once, and restored once', async () => {
  const { at, db } = furnished(40);
  const wants = (call) =>
    startProgram(at, 1, `try { db.${call}; console.log('did'); } catch (error) { console.log(error.code); }`);
  for (const [call, none] of [
    ["archiveWorktree('wt-1')", 'ERR_NOT_FOUND'],
    ["restoreWorktree('wt-1')", 'ERR_NOT_FOUND'],
  ]) {
    const told = await Promise.all(
      [1, 2, 3, 4].map(async () => {
        const [line] = await once(wants(call).stdout, 'data');
        return `${line}`.trim();
      }),
    );
    expect(told.toSorted()).toEqual([none, none, none, 'did']);
  }
  expectRight(db);
});

it('an execution that another program records while the worktree is archived goes along, or is refused', async () => {
  const { at, db } = furnished(400);
  const writer = startProgram(
    at,
    300,
    `for (let n = 0; n < times; n += 1) {
       try { db.recordExecution({ zoneId: 'zone-1', worktreeId: 'wt-1', agentType: 'a', prompt: 'p' }); console.log('+'); }
       catch (error) { if (error.code !== 'SQLITE_CONSTRAINT_FOREIGNKEY') throw error; }
     }`,
  );
  let recorded = '';
  writer.stdout.setEncoding('utf8').on('data', (text) => (recorded += text));
  const ended = once(writer, 'close');
  await vi.waitFor(() => expect(recorded).toContain('+'), { timeout: 20_000 });
  for (let n = 0; writer.exitCode === null; n += 1) {
    db.archiveWorktree('wt-1');
    await setTimeout(n % 5);
    db.restoreWorktree('wt-1');
    await setTimeout(n % 3);
  }
  await ended;
  expect(db.getExecutionStats({ worktreeId: 'wt-1' }).total).toBe(
    100 + [...recorded].filter((one) => one === '+').length,
  );
  expectRight(db);
});

it('of several that undo and redo at once each takes back what its own actor did, and nothing is left half done', async () => {
  const { at, db } = furnished(40);
  db.assignWorktreeToZone('wt-4', 'zone-1');
  const before = [db.getWorktreeZone('wt-4'), ...db.listWorktrees()];
  const children = [1, 2, 3].map((n) =>
    startProgram(
      at,
      15,
      `const me = db.as({ kind: 'agent', id: 'a${n}' });
       for (let n = 0; n < times; n += 1) {
         me.transaction(() => { me.moveWorktree('wt-${n}', 'zone-2', { position: { x: n + 1 } }); me.archiveWorktree('wt-${n}'); });
         if (me.undo() === null || me.redo() === null || me.undo() === null) throw new Error('nothing to take back');
         if (me.undo() !== null) throw new Error('something of others');
       }`,
    ),
  );
  for (const [code] of await Promise.all(children.map((child) => once(child, 'close')))) expect(code).toBe(0);
  expect([db.getWorktreeZone('wt-4'), ...db.listWorktrees()]).toEqual(before);
  expect(db.listArchived().items).toEqual([]);
  expectRight(db);
});

it('one that is killed while it undoes has taken back all of it or nothing', async () => {
  const { at, db } = furnished(200);
  const me = db.as({ kind: 'agent', id: 'a' });
  me.transaction(() => {
    me.updateWorktree('wt-2', { status: 'done' });
    me.archiveWorktree('wt-1');
  });
  for (let kill = 0; kill < 6; kill += 1) {
    const source = `const me = db.as({ kind: 'agent', id: 'a' }); console.log('begun'); for (;;) { me.undo(); me.redo(); }`;
    const child = startProgram(at, 1, source);
    await once(child.stdout, 'data');
    await setTimeout(20 + ((kill * 17) % 90));
    child.kill('SIGKILL');
    await once(child, 'close');
    db.transaction(() => db.getStats());
    expect(db.getWorktree('wt-1') === null).toBe(db.getWorktree('wt-2').status === 'done');
    expectRight(db);
  }
});

it('what others truncate goes from the archive, too', () => {
  const { db } = furnished(40);
  db.assignWorktreeToZone('wt-1', 'zone-1');
  db.archiveWorktree('wt-1');
  sql(db).exec('TRUNCATE zones CASCADE');
  expect(db.listArchived().items).toMatchObject([{ zoneId: null, executions: 0 }]);
  expect(db.getExecutionStats()).toMatchObject({ total: 0 });
  db.restoreWorktree('wt-1');
  expect(db.getWorktreeExecutions('wt-1')).toEqual([]);
});

it('a page of the history of a zone costs its rows, not what is on the board and in the archive', async () => {
  const { at, db } = furnished(4);
  sql(db).exec(`INSERT INTO zone_executions (id, zone_id, worktree_id, agent_type, prompt, executed_at)
    SELECT 'e' || n, 'zone-1', 'wt-' || (1 + n % 2), 'a', 'p', to_char(n, '000000') FROM generate_series(1, 20000) AS n`);
  db.archiveWorktree('wt-1');
  db.close();
  // What a session has counted is told once it has ended, or with what it does a second later.
  await setTimeout(1100);
  sql(db).exec('ANALYZE zone_executions; ANALYZE archived_executions');
  const looked = () =>
    sql(db)
      .prepare(
        `SELECT sum(seq_tup_read + idx_tup_fetch)::int AS rows, sum(seq_scan + idx_scan)::int AS scans FROM pg_stat_user_tables
         WHERE schemaname = current_schema() AND relname IN ('zone_executions', 'archived_executions')`,
      )
      .get();
  for (const list of [
    (reader) => reader.getExecutionHistory('zone-1', 20),
    (reader) => reader.getWorktreeExecutions('wt-1', 20),
    (reader) => [reader.getExecution('e2'), reader.getExecution('e3')],
  ]) {
    const before = looked();
    const reader = open(at);
    expect(idsOf(list(reader)).length).toBeGreaterThan(1);
    reader.close();
    await vi.waitFor(() => expect(looked().scans).toBeGreaterThan(before.scans), { timeout: 20_000, interval: 20 });
    expect(looked().rows - before.rows).toBeLessThan(100);
  }
});
