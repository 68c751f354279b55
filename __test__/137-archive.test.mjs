// The archive: a worktree leaves the canvas with its history, which goes on to count and to be found, and comes back.
// Long because it is read as a specification: each rule of the archive is a test.
import { describe, expect, it, vi } from 'vitest';
import { thrown } from './support/failure.mjs';
import { Replica, boardOf, changesSince } from './support/replica.mjs';
import { board, ended, everything, idsOf, queued, refusal, running, waiting } from './support/runs.mjs';
import { execution, worktree, zone } from './support/samples.mjs';
import { bare, schema } from './support/schema.mjs';
import { CAME, expectSound, sql } from './support/sql.mjs';
import { inFiles, open, place, temporaryFile } from './support/temporary.mjs';

vi.setConfig({ testTimeout: 120_000 });

const TABLES = { worktrees: 'id', worktree_zones: 'worktree_id', zone_executions: 'worktree_id' };

/** What the JavaScript layer, and whoever else reads the four tables, has of a worktree: rows, and where they are. */
const rowsOf = (db, id) =>
  Object.entries(TABLES).map(([table, column]) =>
    sql(db).prepare(`SELECT ${CAME}, * FROM ${table} WHERE ${column} = ? ORDER BY ${CAME}`).raw().all(id),
  );

const COUNTED = `SELECT key FROM archived_worktrees
  WHERE restored_at IS NULL AND executions <> (SELECT count(*) FROM archived_executions WHERE archive = key)`;

/** A file is as it should be in all that this package looks at; on a server nothing refers to what isn't there, and counts are right. */
function expectRight(db) {
  if (inFiles) return expect(schema.verify(db.db.name)).toEqual([]);
  expectSound(db);
  expect(sql(db).prepare(COUNTED).all()).toEqual([]);
}

/** Worktree 1 in zone 1 with four executions, two of which were runs, metadata and costs; worktree 2 with one execution. */
function canvas(config) {
  let now = Date.parse('2026-11-01T00:00:00.000Z');
  // No two things happen in one millisecond, so that lists have one order.
  const db = board({ ...place(), clock: () => (now += 1), ...config });
  db.assignWorktreeToZone('wt-1', 'zone-1');
  db.setMetadata('worktree', 'wt-1', { pull: 7 });
  db.recordExecution(execution({ success: false }));
  db.recordExecution(execution({ zoneId: 'zone-2', agentType: 'qa', result: { ok: true } }));
  const done = ended(db);
  ended(db, {}, { status: 'failed', error: 'no' });
  db.recordUsage(done.id, { model: 'large', costMicros: 500 });
  db.recordExecution(execution({ worktreeId: 'wt-2' }));
  return db;
}

/** What is said of the history of worktree 1. */
const historyOf = (db) => ({
  executions: db.getWorktreeExecutions('wt-1', -1),
  ofZones: ['zone-1', 'zone-2'].map((id) => db.getExecutionHistory(id, -1)),
  page: db.getExecutionHistory('zone-1', 2),
  stats: [
    db.getExecutionStats(),
    db.getExecutionStats({ worktreeId: 'wt-1' }),
    db.getExecutionStats({ zoneId: 'zone-1' }),
    db.getExecutionStats({ zoneId: 'zone-1', worktreeId: 'wt-1' }),
  ],
  count: db.getStats().executions,
  each: db.getWorktreeExecutions('wt-1', -1).map(({ id }) => [db.getExecution(id), db.getRun(id)]),
  runs: db.listRuns({ limit: 1000 }).items,
  itsRuns: db.listRuns({ worktreeId: 'wt-1' }).items,
  failed: db.listRuns({ worktreeId: ['wt-1'], status: 'failed' }).items,
});

describe('archiveWorktree(id, { reason })', () => {
  it('takes a worktree off the canvas, and gives what is in the archive now', () => {
    const db = canvas();
    const before = db.getWorktree('wt-1');
    const archived = db.as({ kind: 'user', id: 'anna' }).archiveWorktree('wt-1', { reason: 'merged' });
    expect(archived).toStrictEqual({
      key: 1,
      worktree: before,
      zoneId: 'zone-1',
      archivedAt: expect.stringMatching(/^\d{4}-.*Z$/),
      by: { kind: 'user', id: 'anna' },
      reason: 'merged',
      executions: 4,
      costMicros: 500,
      metadata: { pull: 7 },
    });
    expect(db.getWorktree('wt-1')).toBeNull();
    expect(
      db
        .listWorktrees()
        .map(({ id }) => id)
        .toSorted(),
    ).toEqual(['wt-2', 'wt-3']);
    expect(db.getWorktreesInZone('zone-1')).toEqual([]);
    expect(db.getBoard().assignments).toEqual([]);
    expect(refusal(() => db.getMetadata('worktree', 'wt-1'))).toMatchObject({ code: 'ERR_NOT_FOUND' });
  });

  it('leaves nothing of it in the four tables', () => {
    const db = canvas();
    db.archiveWorktree('wt-1');
    expect(rowsOf(db, 'wt-1')).toEqual([[], [], []]);
  });

  it('its history is found and counts as before', () => {
    const db = canvas();
    const before = historyOf(db);
    expect(before.executions).toHaveLength(4);
    db.archiveWorktree('wt-1');
    expect(historyOf(db)).toStrictEqual(before);
    expectRight(db);
  });

  it('also on a connection that is opened later, and on a read-only one', () => {
    const at = place();
    const db = canvas(at);
    const before = historyOf(db);
    db.archiveWorktree('wt-1');
    db.close();
    expect(historyOf(open({ ...at, readonly: true }))).toStrictEqual(before);
    const again = open(at);
    expect(historyOf(again)).toStrictEqual(before);
    expectRight(again);
  });

  it('frees its id, its port and its branch, and a new worktree has a history of its own', () => {
    const db = canvas();
    queued(db);
    db.archiveWorktree('wt-1');
    const all = db.getExecutionStats();
    db.createWorktree(worktree(1));
    expect(db.getWorktreeExecutions('wt-1')).toEqual([]);
    expect(db.getExecutionStats({ worktreeId: 'wt-1' })).toMatchObject({ total: 0 });
    expect(db.getExecutionStats({ zoneId: 'zone-1', worktreeId: 'wt-1' })).toMatchObject({ total: 0 });
    expect(db.listRuns({ worktreeId: 'wt-1' }).items).toEqual([]);
    expect(db.getMetadata('worktree', 'wt-1')).toEqual({});
    const shown = db.getBoard({ runs: true }).worktrees.find(({ id }) => id === 'wt-1');
    expect(shown).toMatchObject({ latestRun: null, costMicros: null, openRuns: 0 });

    const id = db.recordExecution(execution());
    const run = queued(db);
    expect(idsOf(db.getWorktreeExecutions('wt-1'))).toEqual([id]);
    expect(db.getExecutionStats({ worktreeId: 'wt-1' })).toMatchObject({ total: 1, failed: 1 });
    expect(db.getExecutionStats()).toMatchObject({ total: all.total + 1 });
    expect(idsOf(db.listRuns({ worktreeId: 'wt-1' }).items).toSorted()).toEqual([run.id, id].toSorted());
    expect(db.getExecutionHistory('zone-1')).toHaveLength(5);
    expectRight(db);
  });

  it('two that had one id stay two', () => {
    const db = canvas();
    db.archiveWorktree('wt-1', { reason: 'first' });
    db.createWorktree(worktree(1, { port: 4001, branchName: 'again' }));
    const id = db.recordExecution(execution());
    const cancelled = queued(db);
    db.archiveWorktree('wt-1', { reason: 'second' });
    expect(db.listArchived().items.map(({ key, reason, executions }) => [key, reason, executions])).toEqual([
      [2, 'second', 1],
      [1, 'first', 4],
    ]);
    // The id means the last one that had it.
    expect(idsOf(db.getWorktreeExecutions('wt-1'))).toEqual([id]);
    expect(db.getExecutionStats({ worktreeId: 'wt-1' }).total).toBe(1);
    expect(idsOf(db.listRuns({ worktreeId: 'wt-1' }).items).toSorted()).toEqual([cancelled.id, id].toSorted());
    expect(db.listRuns({ limit: 1000 }).items).toHaveLength(7);
  });

  it('cancels its open runs, whose workers have lost their leases', () => {
    const db = canvas();
    const { run, token } = running(db);
    const open = [queued(db), waiting(db), run, queued(db, { availableAt: '2100-01-01T00:00:00.000Z' })];
    db.archiveWorktree('wt-1', { reason: 'merged' });
    for (const { id } of open) {
      expect(db.getRun(id)).toMatchObject({ status: 'cancelled', error: 'The worktree was archived' });
    }
    expect(refusal(() => db.finishRun(run.id, token, { status: 'succeeded' }))).toMatchObject({
      code: 'ERR_LEASE_LOST',
    });
    expect(db.listRuns({ worktreeId: 'wt-1', status: 'cancelled' }).items).toHaveLength(4);
    expect(db.getExecutionStats({ worktreeId: 'wt-1' }).total).toBe(4);
  });

  it('what its runs used is told of it, whoever has its id now', () => {
    const db = canvas();
    const [{ id }] = db.listRuns({ worktreeId: 'wt-1', status: 'failed' }).items;
    const plain = db.getExecutionHistory('zone-2')[0].id;
    db.archiveWorktree('wt-1');
    db.createWorktree(worktree(1));
    db.recordUsage(id, { model: 'large', costMicros: 30 });
    db.recordUsage(plain, { model: 'small', costMicros: 4 });
    expect(db.listArchived().items[0].costMicros).toBe(534);
    expect(db.getBoard({ runs: true }).worktrees.map(({ costMicros }) => costMicros)).toEqual([null, null, null]);
    expect(db.getRun(plain).usage.costMicros).toBe(4);
    db.setMetadata('run', plain, { seen: true });
    expect(db.getMetadata('run', plain)).toEqual({ seen: true });
  });

  it('one that is not there is not found, and nothing changes', () => {
    const db = canvas();
    const before = everything(db);
    const error = thrown(() => db.archiveWorktree('wt-9'));
    expect(error.message).toBe('Worktree not found: wt-9');
    expect(error).toMatchObject({ code: 'ERR_NOT_FOUND', method: 'archiveWorktree', field: 'id', value: 'wt-9' });
    db.archiveWorktree('wt-1');
    const after = everything(db);
    expect(refusal(() => db.archiveWorktree('wt-1'))).toMatchObject({ code: 'ERR_NOT_FOUND' });
    expect(everything(db)).toEqual(after);
    expect(after).not.toEqual(before);
  });

  it('is all or nothing, and part of a transaction', () => {
    const db = canvas();
    const before = everything(db);
    expect(() =>
      db.transaction(() => {
        db.archiveWorktree('wt-1');
        expect(db.getExecutionStats({ worktreeId: 'wt-1' }).total).toBe(4);
        throw new Error('no');
      }),
    ).toThrow('no');
    expect(everything(db)).toEqual(before);
    expect(db.getExecutionStats({ worktreeId: 'wt-1' }).total).toBe(4);
    db.recordExecution(execution());
    expect(db.getExecutionStats({ worktreeId: 'wt-1' }).total).toBe(5);
  });

  it.each([1, 127, 128, 300, 9000])('of %i executions none is told, and whatever comes after it is', (count) => {
    const db = canvas();
    const more = Array.from({ length: count }, (_, n) =>
      execution({ worktreeId: 'wt-3', zoneId: `zone-${1 + (n % 2)}`, success: n % 3 > 0 }),
    );
    db.recordExecutions(more);
    const { next } = db.getBoard();
    const before = [
      db.getExecutionStats({ worktreeId: 'wt-3' }),
      db.getExecutionStats({ zoneId: 'zone-1' }),
      rowsOf(db, 'wt-3'),
    ];
    for (let n = 0; n < 2; n += 1) {
      expect(db.archiveWorktree('wt-3').executions).toBe(count);
      expect([db.getExecutionStats({ worktreeId: 'wt-3' }), db.getExecutionStats({ zoneId: 'zone-1' })]).toEqual(
        before.slice(0, 2),
      );
      db.restoreWorktree('wt-3');
    }
    expect([
      db.getExecutionStats({ worktreeId: 'wt-3' }),
      db.getExecutionStats({ zoneId: 'zone-1' }),
      rowsOf(db, 'wt-3'),
    ]).toEqual(before);
    db.recordExecution(execution({ worktreeId: 'wt-2' }));
    const { items } = changesSince(db, next, { entities: ['execution', 'worktree'] });
    expect(items.map(({ entity, op }) => `${entity} ${op}`)).toEqual([
      'worktree archived',
      'worktree restored',
      'worktree archived',
      'worktree restored',
      'execution insert',
    ]);
    expectRight(db);
  });
});

describe('restoreWorktree(id, { port, key })', () => {
  it('brings it back as it was: rows, rowids, zone, metadata, costs and revision', () => {
    const db = canvas();
    const shown = () => db.getBoard({ runs: true }).worktrees.find(({ id }) => id === 'wt-1');
    const before = [rowsOf(db, 'wt-1'), historyOf(db), shown(), db.getMetadata('worktree', 'wt-1')];
    db.archiveWorktree('wt-1');
    expect(db.restoreWorktree('wt-1')).toStrictEqual(db.getWorktree('wt-1'));
    expect([rowsOf(db, 'wt-1'), historyOf(db), shown(), db.getMetadata('worktree', 'wt-1')]).toEqual(before);
    expect(db.listArchived()).toEqual({ items: [], next: null });
    expectRight(db);
  });

  it('counts and history go on', () => {
    const db = canvas();
    db.archiveWorktree('wt-1');
    db.restoreWorktree('wt-1');
    db.recordExecution(execution());
    expect(db.getExecutionStats({ worktreeId: 'wt-1' }).total).toBe(5);
    db.deleteWorktree('wt-1');
    expect(db.getExecutionStats()).toMatchObject({ total: 1 });
    expect(db.getStats().executions).toBe(1);
    expectRight(db);
  });

  it.runIf(inFiles)('an execution whose place others have taken comes behind them', () => {
    const db = canvas();
    db.deleteWorktree('wt-2');
    const ids = idsOf(db.getWorktreeExecutions('wt-1')).toSorted();
    db.archiveWorktree('wt-1');
    // The table is empty, so these get the rowids that the others had.
    const others = [1, 2].map(() => db.recordExecution(execution({ worktreeId: 'wt-3' })));
    db.restoreWorktree('wt-1');
    expect(idsOf(db.getWorktreeExecutions('wt-1')).toSorted()).toEqual(ids);
    expect(idsOf(db.getWorktreeExecutions('wt-3')).toSorted()).toEqual(others.toSorted());
    expectRight(db);
  });

  it('at another port, which it is changed by; auto is the lowest that is free', () => {
    const db = canvas();
    db.archiveWorktree('wt-1');
    db.createWorktree(worktree(4, { port: 3001 }));
    const restored = db.restoreWorktree('wt-1', { port: 4000 });
    expect(restored).toMatchObject({ port: 4000, updatedAt: expect.any(String) });
    db.archiveWorktree('wt-1');
    expect(db.restoreWorktree('wt-1', { port: 'auto' }).port).toBe(3004);
    db.archiveWorktree('wt-1');
    expect(db.restoreWorktree('wt-1', { port: '4001' }).port).toBe(4001);
  });

  it.each([
    ['id', 'wt-1', { branchName: 'other', port: 4001 }, 'wt-1'],
    ['port', undefined, { id: 'wt-4', branchName: 'other' }, 'wt-4'],
    ['branchName', undefined, { id: 'wt-4', port: 4001 }, 'wt-4'],
  ])('onto a taken %s is a conflict, which says who has it', (field, value, given, current) => {
    const db = canvas();
    db.archiveWorktree('wt-1');
    db.createWorktree(worktree(1, given));
    const before = everything(db);
    const error = thrown(() => db.restoreWorktree('wt-1'));
    expect(error).toMatchObject({ code: 'ERR_CONFLICT', method: 'restoreWorktree', field, current });
    expect(error.value).toBe(value);
    expect(everything(db)).toEqual(before);
  });

  it('onto a port that is given and taken likewise', () => {
    const db = canvas();
    db.archiveWorktree('wt-1');
    const error = thrown(() => db.restoreWorktree('wt-1', { port: 3002 }));
    expect(error).toMatchObject({ code: 'ERR_CONFLICT', field: 'port', value: 3002, current: 'wt-2' });
    expect(error.message).toBe('restoreWorktree: port 3002 is taken by worktree wt-2');
  });

  it('of several that had the id the last one, or the one that is said', () => {
    const db = canvas();
    db.archiveWorktree('wt-1', { reason: 'first' });
    db.createWorktree(worktree(1, { branchName: 'again' }));
    db.archiveWorktree('wt-1', { reason: 'second' });
    db.restoreWorktree('wt-1');
    expect(db.getWorktree('wt-1').branchName).toBe('again');
    db.archiveWorktree('wt-1', { reason: 'third' });
    const { key } = db.listArchived().items.find(({ reason }) => reason === 'first');
    db.restoreWorktree('wt-1', { key });
    expect(db.getWorktree('wt-1').branchName).toBe('feature/1');
    expect(db.getWorktreeExecutions('wt-1')).toHaveLength(4);
    expect(db.listArchived().items.map(({ reason }) => reason)).toEqual(['third']);
    expectRight(db);
  });

  it('a key is never used again', () => {
    const db = canvas();
    const keys = [];
    for (let n = 0; n < 3; n += 1) {
      keys.push(db.archiveWorktree('wt-1').key);
      db.restoreWorktree('wt-1');
    }
    expect(new Set(keys).size).toBe(3);
    db.archiveWorktree('wt-1');
    expect(refusal(() => db.restoreWorktree('wt-1', { key: keys[0] }))).toMatchObject({ code: 'ERR_NOT_FOUND' });
    expect(refusal(() => db.restoreWorktree('wt-2', { key: keys[2] }))).toMatchObject({ code: 'ERR_NOT_FOUND' });
  });

  it('into no zone where its zone is gone, and past a limit of work in progress', () => {
    const db = canvas();
    db.setWipLimit('zone-1', 1);
    db.archiveWorktree('wt-1');
    db.moveWorktree('wt-2', 'zone-1');
    db.restoreWorktree('wt-1');
    expect(db.getWorktreesInZone('zone-1').map(({ id }) => id)).toEqual(['wt-1', 'wt-2']);
    db.archiveWorktree('wt-1');
    db.deleteZone('zone-1');
    db.restoreWorktree('wt-1');
    expect(db.getWorktreeZone('wt-1')).toBeNull();
  });

  it('executions of a zone whose id others have changed wait for it', () => {
    const db = canvas();
    db.archiveWorktree('wt-1');
    sql(db).prepare("UPDATE zones SET id = 'renamed' WHERE id = 'zone-2'").run();
    const before = everything(db);
    expect(refusal(() => db.restoreWorktree('wt-1'))).toMatchObject({ code: 'ERR_CONFLICT', field: 'zoneId' });
    expect(everything(db)).toEqual(before);
    sql(db).prepare("UPDATE zones SET id = 'zone-2' WHERE id = 'renamed'").run();
    db.restoreWorktree('wt-1');
    expect(db.getWorktreeExecutions('wt-1')).toHaveLength(4);
  });

  it('an execution under an id that another has now is a conflict', () => {
    const db = canvas();
    const [{ id }] = db.getWorktreeExecutions('wt-1');
    db.archiveWorktree('wt-1');
    sql(db).prepare("INSERT INTO zone_executions VALUES (?, 'zone-1', 'wt-2', 'qa', 'again', NULL, 1, '2026')").run(id);
    expect(db.getExecution(id).prompt).toBe('again');
    const before = everything(db);
    expect(refusal(() => db.restoreWorktree('wt-1'))).toMatchObject({ code: 'ERR_CONFLICT', field: 'id' });
    expect(everything(db)).toEqual(before);
  });
});

describe('listArchived({ limit, after })', () => {
  it('gives pages, what was archived last first', () => {
    const db = board();
    for (const n of [1, 2, 3]) db.archiveWorktree(`wt-${n}`);
    const first = db.listArchived({ limit: 2 });
    expect(first.items.map(({ worktree: { id } }) => id)).toEqual(['wt-3', 'wt-2']);
    const second = db.listArchived({ limit: 2, after: first.next });
    expect(second.items.map(({ worktree: { id } }) => id)).toEqual(['wt-1']);
    expect(second.next).toBeNull();
    expect(db.listArchived().items).toEqual([...first.items, ...second.items]);
  });

  it('a run is of the execution of that id that the board has, for as long as it has one', () => {
    const db = canvas();
    const ids = idsOf(db.getWorktreeExecutions('wt-1', -1));
    const told = (more) =>
      db
        .listRuns({ fields: 'full', limit: 1000, ...more })
        .items.filter((run) => ids.includes(run.id))
        .map(({ id, prompt, status, worktreeId, zoneId, agentType }) => {
          const got = db.getRun(id);
          expect(got).toMatchObject({ id, prompt });
          return [id, prompt, status, worktreeId, zoneId, agentType, got.status, got.worktreeId];
        });
    const all = () => [told(), told({ worktreeId: 'wt-1' }), told({ worktreeId: 'wt-2' }), told({ zoneId: 'zone-2' })];
    const change = (text, ...values) =>
      sql(db)
        .prepare(text)
        .run(...values);
    db.archiveWorktree('wt-1');
    const before = all();
    for (const id of ids)
      change("INSERT INTO zone_executions VALUES (?, 'zone-2', 'wt-2', 'other', 'again', NULL, 0, '2026-11-01')", id);
    const recorded = ([, , status, ...rest]) => [status, ...rest].includes('wt-2');
    const [every, ofFirst, ofSecond] = all();
    expect(ofFirst).toEqual([]);
    expect(ofSecond).toHaveLength(2);
    expect(every.filter(recorded)).toEqual(ofSecond);
    for (const run of every) expect(run[1]).toBe('again');
    for (const run of ofSecond) expect(run.slice(2)).toEqual(['failed', 'wt-2', 'zone-2', 'other', 'failed', 'wt-2']);
    // What was a run before has its life still, and is of the worktree that has gone.
    expect(every.filter((run) => !recorded(run)).map(([, , , worktreeId]) => worktreeId)).toEqual(['wt-1', 'wt-1']);
    change("UPDATE zone_executions SET success = 1, zone_id = 'zone-1' WHERE prompt = 'again'");
    for (const run of told({ worktreeId: 'wt-2' })) expect(run.slice(2, 5)).toEqual(['succeeded', 'wt-2', 'zone-1']);
    expect(thrown(() => db.restoreWorktree('wt-1')).code).toBe('ERR_CONFLICT');
    change("UPDATE zone_executions SET id = 'another-' || id WHERE id = ?", ids[0]);
    change("DELETE FROM zone_executions WHERE prompt = 'again'");
    expect(all()).toEqual(before);
    expectRight(db);
    db.restoreWorktree('wt-1');
    expect(all()).toEqual(before);
    expectRight(db);
  });

  it('shows many as well as few', () => {
    const db = board();
    for (let n = 10; n < 460; n += 1) {
      db.createWorktree(worktree(n));
      db.archiveWorktree(`wt-${n}`, { reason: 'x'.repeat(n) });
    }
    const { items, next } = db.listArchived({ limit: 449 });
    expect(items.map(({ reason }) => reason.length)).toEqual(Array.from({ length: 449 }, (_, n) => 459 - n));
    expect(db.listArchived({ after: next }).items).toHaveLength(1);
  });

  it('its cursor is of no other list', () => {
    const db = board();
    for (const n of [1, 2]) db.archiveWorktree(`wt-${n}`);
    const { next } = db.listArchived({ limit: 1 });
    expect(refusal(() => db.getMoves({ after: next }))).toMatchObject({ code: 'ERR_CURSOR' });
    expect(refusal(() => db.listArchived({ after: 'x' }))).toMatchObject({ code: 'ERR_CURSOR' });
  });
});

describe('the feed and the ledger', () => {
  const shown = ({ items }) => items.map(({ entity, id, op }) => `${entity} ${id} ${op}`);

  it('tell that it was archived, and nothing of its executions', () => {
    const db = canvas();
    const { next } = db.getBoard();
    const anna = db.as({ kind: 'user', id: 'anna' });
    anna.archiveWorktree('wt-1', { reason: 'merged' });
    const changes = db.getChanges({ after: next });
    expect(shown(changes)).toEqual(['assignment wt-1 delete', 'worktree wt-1 archived']);
    expect(changes.items[1]).toMatchObject({ fields: {}, by: { kind: 'user', id: 'anna' } });
    expect(db.getMoves({ limit: 1 }).items[0]).toMatchObject({
      worktreeId: 'wt-1',
      from: 'zone-1',
      to: null,
      reason: 'merged',
      by: { kind: 'user', id: 'anna' },
    });
  });

  it('tell that it was restored, with all of it', () => {
    const db = canvas();
    const before = db.getWorktree('wt-1');
    db.archiveWorktree('wt-1');
    const { next } = db.getBoard();
    db.restoreWorktree('wt-1', { port: 4000 });
    const changes = db.getChanges({ after: next });
    expect(shown(changes)).toEqual(['worktree wt-1 restored', 'assignment wt-1 insert', 'metadata wt-1 update']);
    const { id: _, ...fields } = { ...before, port: 4000, updatedAt: expect.any(String) };
    expect(changes.items[0].fields).toEqual(fields);
    expect(changes.items[2].fields).toEqual({ entity: 'worktree', metadata: { pull: 7 } });
    expect(db.getMoves({ limit: 1 }).items[0]).toMatchObject({ worktreeId: 'wt-1', from: null, to: 'zone-1' });
  });

  it('a reader has the board, and a history that nothing was taken from', () => {
    const db = board();
    const reader = new Replica();
    let { next } = db.getChanges();
    reader.applyAll(db.getChanges().items);
    const read = () => {
      const changes = changesSince(db, next);
      ({ next } = changes);
      reader.applyAll(changes.items);
      expect(reader.board).toEqual(boardOf(db.getBoard()));
      expect(reader.executions.size).toBe(db.getStats().executions);
    };
    db.assignWorktreeToZone('wt-1', 'zone-1');
    db.recordExecution(execution());
    read();
    db.archiveWorktree('wt-1');
    read();
    db.createWorktree(worktree(4, { port: 3001 }));
    db.restoreWorktree('wt-1', { port: 'auto' });
    db.recordExecution(execution());
    read();
  });

  it('the ledger knows a worktree again that was archived and restored, also where it was folded in between', () => {
    const db = board();
    for (let n = 0; n < 60; n += 1) db.moveWorktree('wt-1', `zone-${1 + (n % 2)}`);
    db.archiveWorktree('wt-1');
    db.getMoves();
    db.restoreWorktree('wt-1');
    for (let n = 0; n < 120; n += 1) db.moveWorktree('wt-2', `zone-${1 + (n % 2)}`);
    db.getMoves();
    const moves = db.getMoves({ worktreeId: 'wt-1', limit: 3 }).items.map(({ from, to }) => [from, to]);
    expect(moves).toEqual([
      [null, 'zone-2'],
      ['zone-2', null],
      ['zone-1', 'zone-2'],
    ]);
  });
});

describe('deleting', () => {
  it('a zone takes its archived executions along, so that a zone that gets its id has none', () => {
    const db = canvas();
    db.archiveWorktree('wt-1');
    db.deleteZone('zone-1');
    expect(db.listArchived().items[0]).toMatchObject({ zoneId: null, executions: 1 });
    db.createZone(zone(1));
    expect(db.getExecutionHistory('zone-1')).toEqual([]);
    expect(db.getExecutionStats()).toMatchObject({ total: 1 });
    expect(db.getExecutionStats({ worktreeId: 'wt-1' })).toMatchObject({ total: 1 });
    expect(db.getStats().executions).toBe(1);
    expectRight(db);
    db.restoreWorktree('wt-1');
    expect(idsOf(db.getWorktreeExecutions('wt-1'))).toEqual(idsOf(db.getExecutionHistory('zone-2')));
  });

  it.runIf(inFiles)('a zone by others does so, too', () => {
    const db = canvas();
    db.archiveWorktree('wt-1');
    const other = bare(db.db.name);
    other.exec("PRAGMA foreign_keys = OFF; DELETE FROM zones WHERE id = 'zone-2'");
    expect(db.listArchived().items[0]).toMatchObject({ executions: 3 });
    expect(db.getExecutionStats({ worktreeId: 'wt-1' })).toMatchObject({ total: 3 });
    expectRight(db);
  });

  it('a worktree with the id of an archived one leaves that one alone', () => {
    const db = canvas();
    db.archiveWorktree('wt-1');
    db.createWorktree(worktree(1));
    db.recordExecution(execution());
    db.deleteWorktree('wt-1');
    expect(db.getWorktreeExecutions('wt-1')).toHaveLength(4);
    expect(db.getExecutionStats()).toMatchObject({ total: 5 });
    db.restoreWorktree('wt-1');
    expectRight(db);
  });
});

describe('listRuns', () => {
  it('pages through runs, executions and archived ones in their order, each once', () => {
    let now = Date.parse('2026-11-01T00:00:00.000Z');
    const db = board({ clock: () => (now += 1000) });
    for (let n = 0; n < 60; n += 1) {
      const worktreeId = `wt-${1 + (n % 3)}`;
      if (n % 2) db.recordExecution(execution({ worktreeId, success: true }));
      else ended(db, { worktreeId });
    }
    const before = db.listRuns({ limit: 1000 }).items;
    expect(before).toHaveLength(60);
    db.archiveWorktree('wt-1');
    db.archiveWorktree('wt-3');
    for (const limit of [7, 1000]) {
      const seen = [];
      let after;
      do {
        const page = db.listRuns({ limit, after });
        seen.push(...page.items);
        after = page.next;
      } while (after);
      expect(seen).toEqual(before);
    }
    const of = (filter) => db.listRuns({ limit: 1000, ...filter }).items;
    expect(of({ worktreeId: ['wt-1', 'wt-2'] })).toEqual(before.filter(({ worktreeId }) => worktreeId !== 'wt-3'));
    expect(of({ worktreeId: 'wt-3', status: 'succeeded' })).toEqual(
      before.filter(({ worktreeId }) => worktreeId === 'wt-3'),
    );
  });

  it('has a run where it says, also where others gave its execution to a worktree that was archived then', () => {
    const db = canvas();
    const { id } = ended(db);
    sql(db).prepare("UPDATE zone_executions SET worktree_id = 'wt-2' WHERE id = ?").run(id);
    const has = (worktreeId) => idsOf(db.listRuns({ worktreeId }).items).includes(id);
    expect([has('wt-1'), has('wt-2')]).toEqual([true, false]);
    db.archiveWorktree('wt-2');
    expect(db.getRun(id).worktreeId).toBe('wt-1');
    expect([has('wt-1'), has('wt-2')]).toEqual([true, false]);
    const cost = () => db.getBoard({ runs: true }).worktrees.find((each) => each.id === 'wt-1').costMicros;
    const before = cost();
    db.recordUsage(id, { model: 'm', costMicros: 7, costSource: 'reported' });
    expect(cost()).toBe(before + 7);
  });
});

describe('versions', () => {
  it.runIf(inFiles)('going down to one without an archive is refused as long as there is anything in it', () => {
    const dbPath = temporaryFile();
    const db = canvas({ dbPath });
    db.archiveWorktree('wt-1');
    db.close();
    expect(() => schema.down(dbPath, 4)).toThrow(/nothing was changed: worktrees are archived.*restore-worktree/);
    const again = open({ dbPath });
    expect(again.listArchived().items).toHaveLength(1);
    again.restoreWorktree('wt-1');
    again.close();
    schema.down(dbPath, 4);
    const old = open({ dbPath });
    expect(old.getWorktreeExecutions('wt-1')).toHaveLength(4);
    expect(old.getExecutionStats({ worktreeId: 'wt-1' }).total).toBe(4);
    expect(old.listRuns({ worktreeId: 'wt-1' }).items).toHaveLength(4);
    expect(old.listArchived()).toEqual({ items: [], next: null });
    expect(refusal(() => old.archiveWorktree('wt-1'))).toMatchObject({ code: 'ERR_SCHEMA_OLDER' });
    expect(refusal(() => old.restoreWorktree('wt-1'))).toMatchObject({ code: 'ERR_SCHEMA_OLDER' });
    expect(old.getWorktreeExecutions('wt-1')).toHaveLength(4);
  });
});
