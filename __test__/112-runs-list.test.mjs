// `getRun`, `listRuns`: runs, and what was recorded as an execution only, by whomever.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { board, claim, ended, idsOf, queued, ranOut, refusal, running, waiting, wanted } from './support/runs.mjs';
import { execution, worktree, zone } from './support/samples.mjs';
import { sql } from './support/sql.mjs';
import { inFiles, open, place, temporaryFile } from './support/temporary.mjs';
import { WRITERS } from './support/writers.mjs';

const NOW = Date.parse('2026-05-06T07:08:09.010Z');
beforeEach(() => vi.useFakeTimers({ now: NOW, toFake: ['Date'] }));
afterEach(() => vi.useRealTimers());

const at = (milliseconds) => new Date(NOW + milliseconds).toISOString();

/** All pages of a filter. */
function pagesOf(db, filter) {
  const pages = [];
  for (let after; after !== null;) {
    const page = db.listRuns({ ...filter, after });
    pages.push(page.items);
    after = page.next;
  }
  return pages;
}

describe('getRun(id)', () => {
  it('gives the run in every state, with every key', () => {
    const db = board();
    const runs = [queued(db), running(db).run, waiting(db), ended(db)];
    for (const run of runs)
      expect(db.getRun(run.id)).toStrictEqual({ ...run, durationMs: db.getRun(run.id).durationMs });
    expect(new Set(runs.map((run) => Object.keys(db.getRun(run.id)).join())).size).toBe(1);
  });

  it.each(['nowhere', '', undefined, null])('%o finds nothing: null', (id) => {
    const db = board();
    queued(db);
    expect(db.getRun(id)).toBeNull();
  });

  it.each([7, true, {}, Symbol('id')])('%o is a TypeError', (id) => {
    expect(refusal(() => board().getRun(id))).toMatchObject({ name: 'TypeError', method: 'getRun', field: 'id' });
  });

  it('gives what recordExecution recorded as a run that began and ended at once', () => {
    const db = board();
    const given = execution({ agentType: 'qa', prompt: 'Recorded', result: { output: 'ok' } });
    for (const [success, status] of [
      [true, 'succeeded'],
      [false, 'failed'],
    ]) {
      const id = db.recordExecution({ ...given, success });
      const run = db.getRun(id);
      expect(run).toMatchObject({
        id,
        zoneId: 'zone-1',
        worktreeId: 'wt-1',
        agentType: 'qa',
        prompt: 'Recorded',
        result: { output: 'ok' },
        status,
        createdAt: at(0),
        startedAt: null,
        finishedAt: at(0),
        durationMs: null,
        workerId: null,
        leaseExpiresAt: null,
        retryOf: null,
        by: null,
        usage: { inputTokens: null, costMicros: null, models: [] },
      });
      expect(Object.keys(run)).toEqual(Object.keys(queued(db)));
    }
  });

  it('gives a run no more whose execution was deleted', () => {
    const db = board();
    const { id } = ended(db);
    sql(db).prepare('DELETE FROM zone_executions WHERE id = ?').run(id);
    expect(db.getRun(id)).toBeNull();
    expect(db.listRuns().items).toEqual([]);
  });
});

describe('listRuns(filter?)', () => {
  it('gives all runs, newest first, of one millisecond the later enqueued first', () => {
    const db = board();
    expect(db.listRuns()).toStrictEqual({ items: [], next: null });
    const ids = [queued(db).id, queued(db).id];
    vi.advanceTimersByTime(5);
    ids.push(queued(db).id);
    expect(idsOf(db.listRuns().items)).toEqual(ids.toReversed());
    expect(db.listRuns().items.map(({ createdAt }) => createdAt)).toEqual([at(5), at(0), at(0)]);
  });

  it('has each run once, in whatever state, also when it has become an execution', async () => {
    const db = board();
    const lost = await ranOut(db);
    db.sweepRuns();
    const runs = [lost.run, queued(db), running(db).run, waiting(db), ended(db), db.cancelRun(queued(db).id)];
    const recorded = db.recordExecution(execution());
    const { items } = db.listRuns();
    expect(idsOf(items).toSorted()).toEqual([...idsOf(runs), recorded].toSorted());
    expect(Object.fromEntries(items.map(({ id, status }) => [id, status]))).toMatchObject(
      Object.fromEntries(runs.map(({ id }) => [id, db.getRun(id).status])),
    );
  });

  describe('with a filter', () => {
    const KEYS = ['zoneId', 'worktreeId', 'agentType', 'status'];

    function mixed() {
      const db = board();
      for (const zoneId of ['zone-1', 'zone-2'])
        for (const worktreeId of ['wt-1', 'wt-2', 'wt-3']) {
          queued(db, { zoneId, worktreeId });
          running(db, { zoneId, worktreeId, agentType: 'qa' });
          ended(db, { zoneId, worktreeId }, { status: worktreeId === 'wt-3' ? 'failed' : 'succeeded' });
          db.recordExecution(execution({ zoneId, worktreeId, agentType: 'backend', success: worktreeId === 'wt-1' }));
        }
      return db;
    }

    it.each([
      [{ zoneId: 'zone-1' }, 12],
      [{ zoneId: ['zone-1', 'zone-2'] }, 24],
      [{ worktreeId: 'wt-3' }, 8],
      [{ worktreeId: ['wt-1', 'wt-3'], zoneId: 'zone-2' }, 8],
      [{ agentType: 'backend' }, 6],
      [{ agentType: ['frontend', 'qa'], zoneId: 'zone-1' }, 9],
      [{ agentType: 'qa', status: 'succeeded' }, 0],
      [{ status: 'running' }, 6],
      [{ status: 'succeeded' }, 4 + 2],
      [{ status: 'failed' }, 2 + 4],
      [{ status: ['queued', 'running'], zoneId: 'zone-1', worktreeId: ['wt-1'] }, 2],
      [{ status: ['waiting', 'lost'] }, 0],
      [{ zoneId: 'nowhere' }, 0],
      [{ zoneId: [] }, 0],
      [{ zoneId: null, worktreeId: undefined }, 24],
      [{ zoneId: ['zone-1', 'zone-1'] }, 12],
    ])('of %o gives %i', (filter, count) => {
      const db = mixed();
      const all = db.listRuns({ limit: 1000 }).items;
      const isIn = (list, value) => list == null || [list].flat().includes(value);
      const right = all.filter((run) => KEYS.every((key) => isIn(filter[key], run[key])));
      expect(right).toHaveLength(count);
      expect(idsOf(db.listRuns({ ...filter, limit: 1000 }).items)).toEqual(idsOf(right));
      expect(pagesOf(db, { ...filter, limit: 5 }).flatMap(idsOf)).toEqual(idsOf(right));
    });
  });
});

describe('pages', () => {
  /** Runs and recorded executions, several a millisecond. */
  function many(count) {
    const db = board();
    db.transaction(() => {
      for (let n = 0; n < count; n += 1) {
        if (n % 3 === 0) vi.advanceTimersByTime(1);
        if (n % 4 === 0) db.recordExecution(execution());
        else if (n % 4 === 1) ended(db);
        else queued(db);
      }
    });
    return db;
  }

  it('have 50 runs unless a limit says otherwise, and a `next` while there are more', () => {
    const db = many(120);
    expect(pagesOf(db).map(({ length }) => length)).toEqual([50, 50, 20]);
    expect(pagesOf(db, { limit: 1000 }).map(({ length }) => length)).toEqual([120]);
    expect(pagesOf(db, { limit: 40 }).map(({ length }) => length)).toEqual([40, 40, 40]);
  });

  it('have each run exactly once, in one order', () => {
    const db = many(120);
    const all = idsOf(db.listRuns({ limit: 1000 }).items);
    expect(new Set(all).size).toBe(120);
    for (const limit of [1, 7, 50]) expect(pagesOf(db, { limit }).flatMap(idsOf)).toEqual(all);
  });

  it('have each run once that was there at the first of them, while others are added and worked on', () => {
    const db = many(60);
    const before = idsOf(db.listRuns({ limit: 1000 }).items);
    const seen = [];
    for (let after; after !== null;) {
      const page = db.listRuns({ limit: 7, after });
      seen.push(...idsOf(page.items));
      after = page.next;
      vi.advanceTimersByTime(1);
      queued(db);
      db.recordExecution(execution());
      const claimed = claim(db);
      db.finishRun(claimed.run.id, claimed.token, { status: 'succeeded' });
    }
    expect(seen.filter((id) => before.includes(id))).toEqual(before);
    expect(new Set(seen).size).toBe(seen.length);
  });

  it('of another filter, or that nobody gave, are ERR_CURSOR', () => {
    const db = many(20);
    const { next } = db.listRuns({ zoneId: 'zone-1', limit: 5 });
    expect(next).toEqual(expect.any(String));
    expect(db.listRuns({ zoneId: 'zone-1', limit: 9, after: next }).items).toHaveLength(9);
    for (const filter of [
      { after: next },
      { zoneId: 'zone-2', after: next },
      { zoneId: 'zone-1', status: 'queued', after: next },
      ...['x', '!', '=', 'xx', ' '].map((more) => ({ zoneId: 'zone-1', after: `${next}${more}` })),
      { zoneId: 'zone-1', after: 'nonsense' },
      { zoneId: 'zone-1', after: '' },
    ])
      expect(refusal(() => db.listRuns(filter))).toMatchObject({
        name: 'Error',
        code: 'ERR_CURSOR',
        method: 'listRuns',
        field: 'after',
        value: filter.after,
      });
  });

  it.each([0, -1, 0.5, 1001, NaN, Infinity])('of %o runs there are none', (limit) => {
    expect(refusal(() => board().listRuns({ limit }))).toMatchObject({
      name: 'RangeError',
      method: 'listRuns',
      field: 'limit',
      value: limit,
    });
  });

  it.each([
    ['x', 'filter'],
    [5, 'filter'],
    [{ zoneId: 7 }, 'zoneId'],
    [{ worktreeId: ['wt-1', 7] }, 'worktreeId'],
    [{ agentType: {} }, 'agentType'],
    [{ status: 'done' }, 'status'],
    [{ status: ['queued', 'done'] }, 'status'],
    [{ limit: '5' }, 'limit'],
    [{ after: 5 }, 'after'],
    [{ zone: 'zone-1' }, 'zone'],
  ])('of the filter %o there are none', (filter, field) => {
    expect(refusal(() => board().listRuns(filter))).toMatchObject({
      name: 'TypeError',
      method: 'listRuns',
      field: expect.stringContaining(field),
    });
  });
});

describe('what other programs record', () => {
  const INSERT = `INSERT INTO zone_executions (id, zone_id, worktree_id, agent_type, prompt, result, success, executed_at)
    VALUES ('theirs-1', 'zone-1', 'wt-1', 'qa', 'Theirs', '{"output":"ok"}', 1, '2026-05-06T07:00:00.000Z'),
           ('theirs-2', 'zone-2', 'wt-2', 'qa', 'Theirs, too', NULL, 0, '2026-05-06T08:00:00.000Z')`;

  it.runIf(inFiles).each(Object.entries(WRITERS))('by %s is in the list, in its place, and found', (_, write) => {
    const dbPath = temporaryFile();
    const db = board({ dbPath });
    const ours = ended(db);
    write(dbPath, INSERT);
    expect(idsOf(db.listRuns().items)).toEqual(['theirs-2', ours.id, 'theirs-1']);
    expect(db.listRuns({ zoneId: 'zone-1', status: 'succeeded' }).items).toHaveLength(2);
    expect(db.getRun('theirs-1')).toMatchObject({
      status: 'succeeded',
      prompt: 'Theirs',
      result: { output: 'ok' },
      startedAt: null,
      finishedAt: '2026-05-06T07:00:00.000Z',
      by: null,
    });
    expect(db.getRun('theirs-2')).toMatchObject({ status: 'failed', result: null });
    write(dbPath, "UPDATE zone_executions SET success = 0 WHERE id = 'theirs-1'");
    expect(db.getRun('theirs-1').status).toBe('failed');
    write(dbPath, "DELETE FROM zone_executions WHERE id = 'theirs-1'");
    expect(db.getRun('theirs-1')).toBeNull();
    expect(idsOf(db.listRuns().items)).toEqual(['theirs-2', ours.id]);
  });

  it('at a time that nobody can read is there nevertheless', () => {
    const db = board();
    queued(db);
    sql(db).exec(`INSERT INTO zone_executions (id, zone_id, worktree_id, agent_type, prompt, executed_at)
      VALUES ('odd', 'zone-1', 'wt-1', 'qa', 'p', 'long ago')`);
    expect(idsOf(pagesOf(db, { limit: 1 }).flat())).toHaveLength(2);
    // Who leaves `success` out gets the table's default, which is 1.
    expect(db.getRun('odd')).toMatchObject({ id: 'odd', status: 'succeeded' });
  });

  it('before the file had runs is there, too', () => {
    const at = place();
    const db = open(at);
    db.createZone(zone(1));
    db.createWorktree(worktree(1));
    const ids = db.recordExecutions(Array.from({ length: 60 }, () => execution()));
    db.close();
    const again = open(at);
    expect(pagesOf(again, { limit: 25 }).flatMap(idsOf).toSorted()).toEqual(ids.toSorted());
    expect(again.enqueueRun(wanted()).status).toBe('queued');
  });
});
