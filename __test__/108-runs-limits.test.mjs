// `setRunLimit`, `getRunLimits`: how many runs may run at once.
import { describe, expect, it } from 'vitest';
import { board, claim, everything, promptsOf, queued, ranOut, refusal, running, wanted } from './support/runs.mjs';

const claimed = (db, limit, options) => db.claimRuns({ workerId: 'w', limit, ...options }).map(({ run }) => run);
const limitOf = (zoneId, agentType, limit, count) => ({ scope: { zoneId, agentType }, limit, running: count });

/** Two runs of each zone and agent, the agents of a zone one after the other. */
function crowd() {
  const db = board();
  for (const zoneId of ['zone-1', 'zone-2'])
    for (const agentType of ['frontend', 'qa'])
      for (const n of [1, 2]) queued(db, { zoneId, agentType, prompt: `${zoneId} ${agentType} ${n}` });
  return db;
}

describe('a run limit', () => {
  it('of all lets no more be claimed', () => {
    const db = crowd();
    db.setRunLimit({}, 3);
    expect(claimed(db, 9)).toHaveLength(3);
    expect(claim(db)).toBeNull();
  });

  it.each([
    [
      { zoneId: 'zone-1' },
      1,
      ['zone-1 frontend 1', 'zone-2 frontend 1', 'zone-2 frontend 2', 'zone-2 qa 1', 'zone-2 qa 2'],
    ],
    [{ agentType: 'qa' }, 0, ['zone-1 frontend 1', 'zone-2 frontend 1', 'zone-1 frontend 2', 'zone-2 frontend 2']],
    [
      { zoneId: 'zone-2', agentType: 'qa' },
      1,
      [
        'zone-1 frontend 1',
        'zone-2 frontend 1',
        'zone-1 frontend 2',
        'zone-2 frontend 2',
        'zone-1 qa 1',
        'zone-2 qa 1',
        'zone-1 qa 2',
      ],
    ],
  ])('of %o, %i, leaves the others claimed in their order', (scope, limit, prompts) => {
    const db = crowd();
    db.setRunLimit(scope, limit);
    expect(promptsOf(claimed(db, 9))).toEqual(prompts);
    expect(claim(db)).toBeNull();
  });

  it('is one of several: each of them must leave a place', () => {
    const db = crowd();
    db.setRunLimit({}, 5);
    db.setRunLimit({ zoneId: 'zone-1' }, 3);
    db.setRunLimit({ agentType: 'qa' }, 2);
    db.setRunLimit({ zoneId: 'zone-1', agentType: 'frontend' }, 1);
    const runs = claimed(db, 9);
    const count = (isIt) => runs.filter(isIt).length;
    expect(runs).toHaveLength(5);
    expect(count(({ zoneId }) => zoneId === 'zone-1')).toBeLessThanOrEqual(3);
    expect(count(({ agentType }) => agentType === 'qa')).toBeLessThanOrEqual(2);
    expect(count(({ zoneId, agentType }) => zoneId === 'zone-1' && agentType === 'frontend')).toBe(1);
  });

  it('of 0 lets none be claimed; of null lets all be claimed', () => {
    const db = crowd();
    db.setRunLimit({}, 0);
    expect(claim(db)).toBeNull();
    db.setRunLimit({}, null);
    expect(claimed(db, 9)).toHaveLength(8);
    expect(db.getRunLimits()).toEqual([]);
  });

  it('lets those go on that run already, and counts them', () => {
    const db = crowd();
    const [first, second] = db.claimRuns({ workerId: 'w', limit: 2 });
    db.setRunLimit({}, 1);
    expect(db.heartbeatRun(first.run.id, first.token).cancelRequested).toBe(false);
    expect(claim(db)).toBeNull();
    db.finishRun(first.run.id, first.token, { status: 'succeeded' });
    expect(claim(db)).toBeNull();
    db.finishRun(second.run.id, second.token, { status: 'succeeded' });
    expect(claim(db)).not.toBeNull();
  });

  it('has its place again whatever way a run goes', async () => {
    const db = board();
    db.setRunLimit({ zoneId: 'zone-1' }, 1);
    const finish = (status) => (held) => db.finishRun(held.run.id, held.token, { status });
    for (const leave of [
      finish('succeeded'),
      finish('failed'),
      ({ run, token }) => db.releaseRun(run.id, token),
      ({ run, token }) => db.waitRun(run.id, token, { question: 'May I?' }),
    ]) {
      const held = running(db);
      queued(db, { prompt: 'next', priority: 1 });
      expect(claim(db)).toBeNull();
      leave(held);
      const next = claim(db);
      expect(next.run.prompt).toBe('next');
      db.finishRun(next.run.id, next.token, { status: 'succeeded' });
      for (const { id } of db.listRuns({ status: 'queued' }).items) db.cancelRun(id);
    }
    await ranOut(db);
    queued(db);
    expect(claim(db)).not.toBeNull();
  });

  it('is counted in the transaction of the claim: one call never goes over it', () => {
    const db = board();
    db.enqueueRuns(Array.from({ length: 50 }, () => wanted()));
    db.setRunLimit({ agentType: 'frontend' }, 7);
    expect(claimed(db, 50)).toHaveLength(7);
    expect(claimed(db, 50)).toHaveLength(0);
  });

  it('makes startRun fail, and nothing is queued', () => {
    const db = board();
    db.setRunLimit({ zoneId: 'zone-1' }, 1);
    running(db);
    const before = everything(db);
    expect(refusal(() => running(db))).toMatchObject({
      name: 'Error',
      code: 'ERR_RUN_LIMIT',
      method: 'startRun',
      field: 'zoneId',
    });
    expect(everything(db)).toEqual(before);
    expect(running(db, { zoneId: 'zone-2' }).run.status).toBe('running');
  });

  it('holds for the queued run that startRun takes by its key, wherever another one is asked for', () => {
    const db = board();
    queued(db, { idempotencyKey: 'k' });
    db.setRunLimit({ zoneId: 'zone-1' }, 0);
    expect(refusal(() => running(db, { idempotencyKey: 'k', zoneId: 'zone-2' })).code).toBe('ERR_RUN_LIMIT');
    db.setRunLimit({ zoneId: 'zone-1' }, null);
    db.setRunLimit({ zoneId: 'zone-2' }, 0);
    expect(running(db, { idempotencyKey: 'k', zoneId: 'zone-2' }).run).toMatchObject({ zoneId: 'zone-1' });
  });
});

describe('getRunLimits()', () => {
  it('gives all of them, the one of all first, with how many run', () => {
    const db = crowd();
    db.setRunLimit({ zoneId: 'zone-2', agentType: 'qa' }, 4);
    db.setRunLimit({ agentType: 'frontend' }, 2);
    db.setRunLimit({ zoneId: 'zone-1' }, 3);
    db.setRunLimit({}, 8);
    expect(claimed(db, 3)).toHaveLength(3);
    const limits = db.getRunLimits();
    expect(limits[0]).toStrictEqual(limitOf(null, null, 8, 3));
    expect(limits).toHaveLength(4);
    const counted = (isIt) => db.listRuns({ status: 'running' }).items.filter(isIt).length;
    for (const limit of [
      limitOf(
        'zone-1',
        null,
        3,
        counted(({ zoneId }) => zoneId === 'zone-1'),
      ),
      limitOf(
        null,
        'frontend',
        2,
        counted(({ agentType }) => agentType === 'frontend'),
      ),
      limitOf('zone-2', 'qa', 4, 0),
    ])
      expect(limits).toContainEqual(limit);
  });

  it('gives the last that was set, and none that was taken away', () => {
    const db = board();
    expect(db.getRunLimits()).toEqual([]);
    db.setRunLimit({ zoneId: 'zone-1' }, 3);
    db.setRunLimit({ zoneId: 'zone-1', agentType: null }, 5);
    expect(db.getRunLimits()).toStrictEqual([limitOf('zone-1', null, 5, 0)]);
    db.setRunLimit({ zoneId: 'zone-1' }, null);
    db.setRunLimit({ zoneId: 'zone-2' }, null);
    expect(db.getRunLimits()).toEqual([]);
  });
});

describe('setRunLimit(scope, limit)', () => {
  it.each([-1, 0.5, NaN, Infinity, 2 ** 53])('refuses %o', (limit) => {
    const db = board();
    expect(refusal(() => db.setRunLimit({}, limit))).toMatchObject({
      name: 'RangeError',
      code: 'ERR_OUT_OF_RANGE',
      method: 'setRunLimit',
      field: 'limit',
      value: limit,
    });
    expect(db.getRunLimits()).toEqual([]);
  });

  it.each([undefined, '3', true, {}])('refuses %o', (limit) => {
    const refused = refusal(() => board().setRunLimit({}, limit));
    expect(refused).toMatchObject({ name: 'TypeError', method: 'setRunLimit', field: 'limit' });
  });

  it.each([
    [undefined, 'scope'],
    [null, 'scope'],
    ['zone-1', 'scope'],
    [{ zoneId: '' }, 'zoneId'],
    [{ zoneId: 7 }, 'zoneId'],
    [{ agentType: '' }, 'agentType'],
    [{ worktreeId: 'wt-1' }, 'worktreeId'],
  ])('refuses the scope %o', (scope, field) => {
    expect(refusal(() => board().setRunLimit(scope, 1))).toMatchObject({
      name: 'TypeError',
      method: 'setRunLimit',
      field,
    });
  });
});
