// `sweepRuns`: taking runs away from workers that are not there any more, and ending what takes too long.
import { describe, expect, it } from 'vitest';
import { inTransaction } from './support/sql.mjs';
import { thrown } from './support/failure.mjs';
import {
  allRanOut,
  board,
  claim,
  everything,
  idsOf,
  pause,
  queued,
  ranOut,
  refusal,
  running,
  waiting,
} from './support/runs.mjs';

const NOTHING = { requeued: [], lost: [], timedOut: [] };

describe('sweepRuns()', () => {
  it('does nothing where nothing has to be done', async () => {
    const db = board();
    expect(db.sweepRuns()).toStrictEqual(NOTHING);
    queued(db);
    running(db, { timeoutMs: 60_000 });
    waiting(db);
    const before = everything(db);
    await pause(10);
    expect(db.sweepRuns()).toStrictEqual(NOTHING);
    expect(everything(db)).toEqual(before);
  });

  it('says what became of the runs whose lease ran out', async () => {
    const db = board();
    const alive = running(db);
    const [again, last, stopped] = await allRanOut(db, { maxAttempts: 2 }, {}, { maxAttempts: 2 });
    db.cancelRun(stopped.run.id);
    expect(db.sweepRuns()).toStrictEqual({ requeued: [again.run.id], lost: [last.run.id], timedOut: [] });
    const statuses = [again, last, stopped, alive].map(({ run }) => db.getRun(run.id).status);
    expect(statuses).toEqual(['queued', 'lost', 'cancelled', 'running']);
    expect(db.sweepRuns()).toStrictEqual(NOTHING);
  });

  it('makes executions of those that ended, and of no others', async () => {
    const db = board();
    const [again, last] = await allRanOut(db, { maxAttempts: 2 }, {});
    db.sweepRuns();
    expect(db.getExecution(again.run.id)).toBeNull();
    expect(db.getExecution(last.run.id)).toMatchObject({ prompt: 'Build it', success: false });
    expect(db.getRun(last.run.id)).toMatchObject({ status: 'lost', attempt: 1, leaseExpiresAt: null });
    expect(db.getRun(last.run.id).finishedAt).not.toBeNull();
  });

  it('sweeps many at once', async () => {
    const db = board();
    const claimed = await allRanOut(db, ...Array.from({ length: 400 }, (_, n) => ({ maxAttempts: 1 + (n % 2) })));
    const { requeued, lost } = db.sweepRuns();
    expect([requeued.length, lost.length]).toEqual([200, 200]);
    expect([...requeued, ...lost].toSorted()).toEqual(idsOf(claimed.map(({ run }) => run)).toSorted());
  });
});

describe('timeoutMs', () => {
  it('ends a run that is worked on for longer, however alive its worker is', async () => {
    const db = board();
    const { run, token } = running(db, { timeoutMs: 20, maxAttempts: 5 });
    await pause(40);
    db.heartbeatRun(run.id, token);
    expect(db.sweepRuns({ isAlive: () => true })).toStrictEqual({ ...NOTHING, timedOut: [run.id] });
    expect(db.getRun(run.id)).toMatchObject({ status: 'timedOut', attempt: 1, leaseExpiresAt: null });
    expect(db.getExecution(run.id)).toMatchObject({ success: false });
    expect(refusal(() => db.heartbeatRun(run.id, token)).code).toBe('ERR_LEASE_LOST');
    expect(refusal(() => db.finishRun(run.id, token, { status: 'succeeded' })).code).toBe('ERR_LEASE_LOST');
  });

  it('is checked by every claim, too', async () => {
    const db = board();
    const { run } = running(db, { timeoutMs: 20 });
    await pause(40);
    expect(claim(db)).toBeNull();
    expect(db.getRun(run.id).status).toBe('timedOut');
  });

  it('is for each attempt', async () => {
    const db = board();
    const { run, token } = running(db, { timeoutMs: 300, maxAttempts: 2 });
    await pause(200);
    db.releaseRun(run.id, token);
    claim(db);
    await pause(200);
    expect(db.sweepRuns()).toStrictEqual(NOTHING);
    await pause(150);
    expect(db.sweepRuns().timedOut).toEqual([run.id]);
  });

  it('is not what a worker died of that died in time: that run is tried again', async () => {
    const db = board();
    const { run } = running(db, { timeoutMs: 30, maxAttempts: 2 }, { leaseMs: 5 });
    await pause(60);
    expect(db.sweepRuns()).toStrictEqual({ ...NOTHING, requeued: [run.id] });
  });
});

describe('isAlive(workerId, run)', () => {
  it('is asked of the workers whose lease ran out, and of no others', async () => {
    const db = board();
    running(db, {}, { workerId: 'in time' });
    queued(db);
    waiting(db);
    const one = running(db, { maxAttempts: 2 }, { workerId: 'one', leaseMs: 100 });
    const two = running(db, { maxAttempts: 2 }, { workerId: 'two', leaseMs: 100 });
    await pause(120);
    const asked = [];
    db.sweepRuns({ isAlive: (workerId, { id, status }) => asked.push([workerId, id, status]) && false });
    expect(asked.toSorted()).toEqual([
      ['one', one.run.id, 'running'],
      ['two', two.run.id, 'running'],
    ]);
  });

  it('lengthens the lease by returning true, by as long as it was', async () => {
    const db = board();
    const { run, token } = running(db, { maxAttempts: 2 }, { leaseMs: 300 });
    await pause(320);
    expect(db.sweepRuns({ isAlive: () => true })).toStrictEqual(NOTHING);
    await pause(100);
    expect(db.sweepRuns()).toStrictEqual(NOTHING);
    expect(db.heartbeatRun(run.id, token).cancelRequested).toBe(false);
  });

  it('takes the run away by returning anything else', async () => {
    const db = board();
    for (const answer of [false, undefined, null, 0, '']) {
      const { run } = await ranOut(db, { maxAttempts: 2 });
      expect(db.sweepRuns({ isAlive: () => answer }).requeued).toEqual([run.id]);
      db.cancelRun(run.id);
    }
  });

  it('throws what it throws, and nothing is swept', async () => {
    const db = board();
    await allRanOut(db, { maxAttempts: 2 }, { maxAttempts: 2 });
    const before = everything(db);
    let asked = 0;
    const error = new Error('no network');
    const isAlive = () => {
      asked += 1;
      if (asked === 2) throw error;
      return false;
    };
    expect(thrown(() => db.sweepRuns({ isAlive }))).toBe(error);
    expect(everything(db)).toEqual(before);
  });

  it('answers at once: a promise is a TypeError, since it would always be true', async () => {
    const db = board();
    const { run } = await ranOut(db, { maxAttempts: 2 });
    expect(refusal(() => db.sweepRuns({ isAlive: async () => false }))).toMatchObject({
      name: 'TypeError',
      method: 'sweepRuns',
      field: 'isAlive',
    });
    expect(db.getRun(run.id).status).toBe('running');
  });

  it('is asked outside the transaction, and may use the database: what it changes counts', async () => {
    const db = board();
    const [done, kept, gone] = await allRanOut(db, { prompt: 'done' }, { prompt: 'kept' }, { prompt: 'gone' });
    const within = [];
    const isAlive = (_, { id, prompt }) => {
      within.push(inTransaction(db));
      if (prompt === 'done') db.finishRun(id, done.token, { status: 'succeeded' });
      if (prompt === 'kept') db.heartbeatRun(id, kept.token, { leaseMs: 60_000 });
      return false;
    };
    expect(db.sweepRuns({ isAlive })).toStrictEqual({ ...NOTHING, lost: [gone.run.id] });
    expect(within).toEqual([false, false, false]);
    const statuses = [done, kept, gone].map(({ run }) => db.getRun(run.id).status);
    expect(statuses).toEqual(['succeeded', 'running', 'lost']);
  });

  it.each([true, 'yes', {}, 1])('is a function: %o is a TypeError', (isAlive) => {
    expect(refusal(() => board().sweepRuns({ isAlive }))).toMatchObject({
      name: 'TypeError',
      method: 'sweepRuns',
      field: 'isAlive',
    });
  });
});

describe('graceMs', () => {
  it('is for how long a lease may have run out', async () => {
    const db = board();
    const { run } = await ranOut(db, { maxAttempts: 2 });
    expect(db.sweepRuns({ graceMs: 60_000 })).toStrictEqual(NOTHING);
    expect(db.getRun(run.id).status).toBe('running');
    expect(db.sweepRuns({ graceMs: 1 }).requeued).toEqual([run.id]);
  });

  it('is 0 to a day', () => {
    const db = board();
    for (const graceMs of [0, 86_400_000, null, undefined]) expect(db.sweepRuns({ graceMs })).toStrictEqual(NOTHING);
    for (const graceMs of [-1, 0.5, 86_400_001, NaN, Infinity])
      expect(refusal(() => db.sweepRuns({ graceMs }))).toMatchObject({
        name: 'RangeError',
        method: 'sweepRuns',
        field: 'graceMs',
      });
    expect(refusal(() => db.sweepRuns({ graceMs: '5' }))).toMatchObject({ name: 'TypeError', field: 'graceMs' });
    expect(refusal(() => db.sweepRuns({ grace: 5 }))).toMatchObject({ code: 'ERR_UNKNOWN_KEY', field: 'grace' });
  });
});
