// `setBudget`, `getBudgets`: how much may be spent.
// Long because it is read as a specification: each rule of budgets is a test.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { sql } from './support/sql.mjs';
import { board, claim, ended, everything, queued, refusal, running, wanted } from './support/runs.mjs';

const NOW = Date.parse('2026-05-06T07:08:09.010Z');
beforeEach(() => vi.useFakeTimers({ now: NOW, toFake: ['Date'] }));
afterEach(() => vi.useRealTimers());

const scopeOf = (given) => ({
  zoneId: null,
  worktreeId: null,
  agentType: null,
  period: 'total',
  timeZone: 'UTC',
  ...given,
});
const spend = (db, id, costMicros, given) => db.recordUsage(id, { model: 'large', costMicros, ...given });
/** Spends on a run that has ended. */
const spendOn = (db, given, costMicros) => spend(db, ended(db, given).id, costMicros);
const spentOf = (db) => db.getBudgets().map(({ spentMicros }) => spentMicros);
const TOTAL = { period: 'total' };

describe('getBudgets()', () => {
  it('gives what is set, spent and left', () => {
    const db = board();
    expect(db.getBudgets()).toEqual([]);
    db.setBudget(TOTAL, 1000);
    spendOn(db, {}, 300);
    expect(db.getBudgets()).toStrictEqual([
      { scope: scopeOf(), limitMicros: 1000, spentMicros: 300, remainingMicros: 700, resetsAt: null },
    ]);
  });

  it('gives those of all runs first, and each scope and period by itself', () => {
    const db = board();
    db.setBudget({ zoneId: 'zone-1', period: 'day' }, 1);
    db.setBudget({ worktreeId: 'wt-1', period: 'month', timeZone: 'Europe/Berlin' }, 2);
    db.setBudget({ agentType: 'qa', period: 'total' }, 3);
    db.setBudget({ zoneId: 'zone-1', period: 'month' }, 4);
    db.setBudget({ period: 'day' }, 5);
    const budgets = db.getBudgets();
    expect(budgets[0].scope).toStrictEqual(scopeOf({ period: 'day' }));
    expect(budgets.map(({ scope, limitMicros }) => [scope, limitMicros])).toEqual(
      expect.arrayContaining([
        [scopeOf({ zoneId: 'zone-1', period: 'day' }), 1],
        [scopeOf({ worktreeId: 'wt-1', period: 'month', timeZone: 'Europe/Berlin' }), 2],
        [scopeOf({ agentType: 'qa' }), 3],
        [scopeOf({ zoneId: 'zone-1', period: 'month' }), 4],
        [scopeOf({ period: 'day' }), 5],
      ]),
    );
    expect(budgets).toHaveLength(5);
  });
});

describe('a budget that is spent', () => {
  it('lets no run be claimed; one of which anything is left does', () => {
    const db = board();
    db.setBudget(TOTAL, 1000);
    spendOn(db, {}, 999);
    queued(db);
    expect(claim(db)).not.toBeNull();
    spendOn(db, { zoneId: 'zone-2' }, 1);
    queued(db);
    expect(claim(db)).toBeNull();
    expect(db.listRuns({ status: 'queued' }).items).toHaveLength(1);
  });

  it.each([
    [{ zoneId: 'zone-2' }, { zoneId: 'zone-2' }],
    [{ worktreeId: 'wt-2' }, { worktreeId: 'wt-2' }],
    [{ agentType: 'qa' }, { agentType: 'qa' }],
  ])('of %o stops those runs only', (scope, given) => {
    const db = board();
    db.setBudget({ ...scope, ...TOTAL }, 100);
    spendOn(db, {}, 5000);
    expect(spentOf(db)).toEqual([0]);
    spendOn(db, given, 100);
    expect(spentOf(db)).toEqual([100]);
    for (let n = 0; n < 3; n += 1) queued(db, { ...given, priority: 9 });
    const other = queued(db);
    expect(claim(db).run.id).toBe(other.id);
    expect(claim(db)).toBeNull();
  });

  it('lets those go on that run, which hear it at their heartbeat and may overshoot', () => {
    const db = board();
    db.setBudget({ zoneId: 'zone-1', period: 'total' }, 1000);
    db.setBudget(TOTAL, 100_000);
    const { run, token } = running(db);
    const heard = () => db.heartbeatRun(run.id, token).budget;
    expect(heard()).toStrictEqual({
      scope: scopeOf({ zoneId: 'zone-1' }),
      limitMicros: 1000,
      spentMicros: 0,
      remainingMicros: 1000,
      resetsAt: null,
    });
    spend(db, run.id, 1700);
    expect(heard()).toMatchObject({ spentMicros: 1700, remainingMicros: 0 });
    expect(db.finishRun(run.id, token, { status: 'succeeded' }).status).toBe('succeeded');
    expect(spentOf(db)).toEqual([1700, 1700]);
  });

  it('tells a run of none that it does not count for', () => {
    const db = board();
    db.setBudget({ zoneId: 'zone-2', ...TOTAL }, 1000);
    const { run, token } = running(db);
    expect(db.heartbeatRun(run.id, token).budget).toBeNull();
  });

  it('makes startRun fail, and nothing is queued', () => {
    const db = board();
    db.setBudget({ agentType: 'frontend', ...TOTAL }, 0);
    const before = everything(db);
    expect(refusal(() => running(db))).toMatchObject({
      name: 'Error',
      code: 'ERR_BUDGET',
      method: 'startRun',
      field: 'agentType',
    });
    expect(everything(db)).toEqual(before);
    expect(running(db, { agentType: 'qa' }).run.status).toBe('running');
  });

  it('holds for the queued run that startRun takes by its key, whatever other one is asked for', () => {
    const db = board();
    db.enqueueRun(wanted({ idempotencyKey: 'k' }));
    db.setBudget({ agentType: 'frontend', ...TOTAL }, 0);
    expect(refusal(() => running(db, { idempotencyKey: 'k', agentType: 'qa' })).code).toBe('ERR_BUDGET');
  });

  it('goes on with a larger one, or none', () => {
    const db = board();
    db.setBudget(TOTAL, 100);
    spendOn(db, {}, 100);
    db.enqueueRuns([wanted(), wanted()]);
    expect(claim(db)).toBeNull();
    db.setBudget(TOTAL, 101);
    expect(db.getBudgets()).toMatchObject([{ limitMicros: 101, spentMicros: 100, remainingMicros: 1 }]);
    expect(claim(db)).not.toBeNull();
    db.setBudget(TOTAL, 50);
    expect(claim(db)).toBeNull();
    db.setBudget(TOTAL, null);
    expect(db.getBudgets()).toEqual([]);
    expect(claim(db)).not.toBeNull();
  });

  it('of several stops a run where any of them is spent', () => {
    const db = board();
    db.setBudget({ zoneId: 'zone-1', period: 'total' }, 1000);
    db.setBudget({ zoneId: 'zone-1', period: 'day' }, 100);
    spendOn(db, {}, 100);
    queued(db);
    expect(claim(db)).toBeNull();
    expect(spentOf(db)).toEqual([100, 100]);
  });
});

describe('a period', () => {
  const day = (timeZone) => ({ period: 'day', ...(timeZone && { timeZone }) });
  const resetsAt = (db) => db.getBudgets()[0].resetsAt;

  it.each([
    [day(), '2026-05-07T00:00:00.000Z'],
    [day('Europe/Berlin'), '2026-05-06T22:00:00.000Z'],
    [day('America/New_York'), '2026-05-07T04:00:00.000Z'],
    [day('Asia/Kathmandu'), '2026-05-06T18:15:00.000Z'],
    [{ period: 'month' }, '2026-06-01T00:00:00.000Z'],
    [{ period: 'month', timeZone: 'Pacific/Auckland' }, '2026-05-31T12:00:00.000Z'],
  ])('of %o ends at %s', (scope, end) => {
    const db = board();
    db.setBudget(scope, 10);
    expect(resetsAt(db)).toBe(end);
  });

  it('is over at midnight there: then it begins with nothing spent, and runs are claimed again', () => {
    const db = board();
    db.setBudget(day('Europe/Berlin'), 100);
    spendOn(db, {}, 100);
    db.enqueueRuns([wanted(), wanted()]);
    vi.setSystemTime(Date.parse('2026-05-06T21:59:59.999Z'));
    expect(claim(db)).toBeNull();
    vi.setSystemTime(Date.parse('2026-05-06T22:00:00.000Z'));
    expect(claim(db)).not.toBeNull();
    expect(db.getBudgets()).toMatchObject([
      { spentMicros: 0, remainingMicros: 100, resetsAt: '2026-05-07T22:00:00.000Z' },
    ]);
  });

  it('is as long as the day is, where the clocks are changed', () => {
    const db = board();
    vi.setSystemTime(Date.parse('2026-03-28T23:30:00.000Z'));
    db.setBudget(day('Europe/Berlin'), 100);
    expect(resetsAt(db)).toBe('2026-03-29T22:00:00.000Z');
    vi.setSystemTime(Date.parse('2026-10-25T12:00:00.000Z'));
    expect(resetsAt(db)).toBe('2026-10-25T23:00:00.000Z');
    vi.setSystemTime(Date.parse('2026-10-24T22:00:00.000Z'));
    db.setBudget(day('Europe/Berlin'), null);
    db.setBudget(day('Europe/Berlin'), 100);
    expect(resetsAt(db)).toBe('2026-10-25T23:00:00.000Z');
  });

  it('counts what was spent in it before the budget was set, and not what was spent before it', () => {
    const db = board();
    vi.setSystemTime(Date.parse('2026-05-05T23:00:00.000Z'));
    spendOn(db, {}, 1000);
    vi.setSystemTime(NOW);
    spendOn(db, {}, 30);
    db.setBudget(day(), 100);
    db.setBudget({ period: 'month' }, 10_000);
    db.setBudget(TOTAL, 10_000);
    const spent = Object.fromEntries(db.getBudgets().map(({ scope, spentMicros }) => [scope.period, spentMicros]));
    expect(spent).toEqual({ day: 30, month: 1030, total: 1030 });
  });

  it('counts usage at the time at which it is recorded, not at that of its run', () => {
    const db = board();
    db.setBudget(day(), 100);
    const { run } = running(db);
    spend(db, run.id, 60);
    vi.setSystemTime(Date.parse('2026-05-07T00:00:00.000Z'));
    spend(db, run.id, 50);
    expect(spentOf(db)).toEqual([50]);
  });

  it('goes over several that nobody read', () => {
    const db = board();
    db.setBudget(day(), 100);
    spendOn(db, {}, 100);
    vi.setSystemTime(NOW + 40 * 86_400_000);
    queued(db);
    expect(claim(db)).not.toBeNull();
    expect(db.getBudgets()).toMatchObject([{ spentMicros: 0, resetsAt: '2026-06-16T00:00:00.000Z' }]);
  });
});

describe('what is spent', () => {
  it('is what is known: usage without a cost adds nothing', () => {
    const db = board();
    db.setBudget(TOTAL, 100);
    const { id } = ended(db);
    db.recordUsage(id, { model: 'large', inputTokens: 5000 });
    expect(spentOf(db)).toEqual([0]);
  });

  it('counts an event once, and all attempts together', () => {
    const db = board();
    db.setBudget(TOTAL, 1000);
    const { run, token } = running(db, { maxAttempts: 2 });
    for (let n = 0; n < 3; n += 1) spend(db, run.id, 10, { eventId: 'msg-1' });
    db.finishRun(run.id, token, { status: 'failed' });
    spend(db, run.id, 5);
    expect(spentOf(db)).toEqual([15]);
  });

  it.each([
    ['worktree', (db) => db.deleteWorktree('wt-1')],
    ['zone', (db) => db.deleteZone('zone-1')],
    ['execution', (db, id) => sql(db).prepare('DELETE FROM zone_executions WHERE id = ?').run(id)],
  ])('is not given back when its %s is deleted', (_, remove) => {
    const db = board();
    db.setBudget(TOTAL, 100);
    const { id } = ended(db);
    running(db, { zoneId: 'zone-2', worktreeId: 'wt-2' });
    spend(db, id, 100);
    remove(db, id);
    expect(spentOf(db)).toEqual([100]);
    queued(db, { zoneId: 'zone-2', worktreeId: 'wt-2' });
    expect(claim(db)).toBeNull();
    // Nor is a budget that is set only now told otherwise.
    db.setBudget({ agentType: 'frontend', period: 'month' }, 1000);
    expect(spentOf(db)).toEqual([100, 100]);
  });
});

describe('setBudget(scope, costMicros)', () => {
  it.each([-1, 0.5, NaN, Infinity, 2 ** 53])('refuses %o', (costMicros) => {
    const db = board();
    expect(refusal(() => db.setBudget(TOTAL, costMicros))).toMatchObject({
      name: 'RangeError',
      code: 'ERR_OUT_OF_RANGE',
      method: 'setBudget',
      field: 'costMicros',
    });
    expect(db.getBudgets()).toEqual([]);
  });

  it.each([
    [undefined, 'scope'],
    [null, 'scope'],
    [{}, 'period'],
    [{ period: null }, 'period'],
    [{ period: 'week' }, 'period'],
    [{ zoneId: '', period: 'day' }, 'zoneId'],
    [{ zoneId: 7, period: 'day' }, 'zoneId'],
    [{ zoneId: 'zone-1', agentType: 'qa', period: 'day' }, expect.stringMatching(/zoneId|agentType/)],
    [{ worktreeId: 'wt-1', zoneId: 'zone-1', period: 'day' }, expect.stringMatching(/zoneId|worktreeId/)],
    [{ period: 'day', timeZone: 'Mars/Olympus' }, 'timeZone'],
    [{ period: 'day', timeZone: 7 }, 'timeZone'],
    [{ period: 'day', timezone: 'UTC' }, 'timezone'],
  ])('refuses the scope %o', (scope, field) => {
    const db = board();
    const before = everything(db);
    expect(refusal(() => db.setBudget(scope, 100))).toMatchObject({
      name: expect.stringMatching(/^(Type|Range)Error$/),
      method: 'setBudget',
      field,
    });
    expect(everything(db)).toEqual(before);
  });
});
