// Leases and tokens: for how long a worker holds a run, and how a late one changes nothing.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { crosses } from './support/async/crossing.mjs';
import { thrown } from './support/failure.mjs';
import { board, claim, ended, everything, pause, queued, ranOut, refusal, running, waiting } from './support/runs.mjs';

const NOW = Date.parse('2026-05-06T07:08:09.010Z');
const HOUR = 3_600_000;
beforeEach(() => vi.useFakeTimers({ now: NOW, toFake: ['Date'] }));
afterEach(() => vi.useRealTimers());

const at = (milliseconds) => new Date(NOW + milliseconds).toISOString();

/** Every call of a worker that carries a token. */
const WORKER = {
  heartbeatRun: (db, id, token) => db.heartbeatRun(id, token),
  appendOutput: (db, id, token) => db.appendOutput(id, token, [{ stream: 'stdout', text: 'late' }]),
  waitRun: (db, id, token) => db.waitRun(id, token, { question: 'Late?' }),
  finishRun: (db, id, token) => db.finishRun(id, token, { status: 'succeeded', result: 'late' }),
  releaseRun: (db, id, token) => db.releaseRun(id, token),
};
const calls = Object.entries(WORKER);

/** Each call with this token is refused, and nothing is changed. */
function expectLost(db, id, token) {
  const before = everything(db);
  for (const [method, call] of calls)
    expect(
      refusal(() => call(db, id, token)),
      method,
    ).toMatchObject({ name: 'Error', code: 'ERR_LEASE_LOST', method, field: 'token', value: token });
  expect(everything(db)).toEqual(before);
}

describe('a token', () => {
  it('grows with each claim of its run', () => {
    const db = board();
    queued(db, { maxAttempts: 9 });
    const tokens = [];
    for (let n = 0; n < 5; n += 1) {
      const { run, token } = claim(db);
      tokens.push(token);
      db.releaseRun(run.id, token);
    }
    expect(tokens).toEqual(tokens.toSorted((one, other) => one - other));
    expect(new Set(tokens).size).toBe(5);
  });

  it('of an earlier claim changes nothing', () => {
    const db = board();
    const { id } = queued(db);
    const earlier = claim(db).token;
    db.releaseRun(id, earlier);
    expectLost(db, id, earlier);
    const { token } = claim(db, { workerId: 'worker-2' });
    expectLost(db, id, earlier);
    expect(db.getRun(id)).toMatchObject({ status: 'running', workerId: 'worker-2' });
    expect(db.finishRun(id, token, { status: 'succeeded' }).status).toBe('succeeded');
    expectLost(db, id, earlier);
  });

  it('that was never given, or of another run, changes nothing', () => {
    const db = board();
    const { run, token } = running(db);
    running(db);
    for (const other of [0, token + 1, token + 1000, Number.MAX_SAFE_INTEGER]) expectLost(db, run.id, other);
  });

  it('holds nothing of a run that is queued, waits, or has ended', () => {
    const db = board();
    for (const { id } of [queued(db), waiting(db), ended(db, {}, { status: 'failed' })]) expectLost(db, id, 99);
  });

  it.each(calls)('of a run that there is none of is ERR_NOT_FOUND in %s', (method, call) => {
    const db = board();
    expect(thrown(() => call(db, 'nowhere', 1))).toMatchObject({
      name: 'Error',
      code: 'ERR_NOT_FOUND',
      message: 'Run not found: nowhere',
      method,
      field: 'id',
      value: 'nowhere',
    });
  });

  it.each(calls)('is an integer: %s refuses anything else', (method, call) => {
    const db = board();
    const { run, token } = running(db);
    const before = everything(db);
    const others = [String(token), '', null, undefined, true, {}, [token], Symbol('t'), () => token];
    for (const given of others.filter(crosses))
      expect(refusal(() => call(db, run.id, given))).toMatchObject({ name: 'TypeError', method, field: 'token' });
    for (const given of [-1, 0.5, NaN, Infinity, 2 ** 53])
      expect(refusal(() => call(db, run.id, given))).toMatchObject({ name: 'RangeError', method, field: 'token' });
    expect(everything(db)).toEqual(before);
  });
});

describe('heartbeatRun(id, token)', () => {
  it('lengthens the lease by as much as at the claim, from now', () => {
    const db = board();
    const { run, token } = running(db, {}, { leaseMs: 30_000 });
    vi.advanceTimersByTime(20_000);
    expect(db.heartbeatRun(run.id, token)).toStrictEqual({
      leaseExpiresAt: at(50_000),
      cancelRequested: false,
      budget: null,
    });
    const after = db.getRun(run.id);
    expect(after).toStrictEqual({ ...run, leaseExpiresAt: at(50_000), durationMs: after.durationMs });
  });

  it('by leaseMs, where it is given', () => {
    const db = board();
    const { run, token } = running(db, {}, { leaseMs: 1000 });
    expect(db.heartbeatRun(run.id, token, { leaseMs: 86_400_000 }).leaseExpiresAt).toBe(at(86_400_000));
  });

  it('never shortens it', () => {
    const db = board();
    const { run, token } = running(db, {}, { leaseMs: 60_000 });
    expect(db.heartbeatRun(run.id, token, { leaseMs: 1 }).leaseExpiresAt).toBe(at(60_000));
    expect(db.getRun(run.id).leaseExpiresAt).toBe(at(60_000));
  });

  it('keeps the run from others for as long as it comes in time', async () => {
    const db = board();
    const { run, token } = running(db, { maxAttempts: 2 }, { leaseMs: 400 });
    for (let n = 0; n < 6; n += 1) {
      await pause(100);
      db.heartbeatRun(run.id, token);
      expect(claim(db, { workerId: 'worker-2' })).toBeNull();
    }
  });

  it('is heard as long as nobody has taken the run away, also after the lease ran out', async () => {
    const db = board();
    const { run, token } = await ranOut(db);
    expect(db.heartbeatRun(run.id, token, { leaseMs: 60_000 }).leaseExpiresAt).toBe(at(60_000));
    expect(claim(db)).toBeNull();
    expect(db.getRun(run.id).status).toBe('running');
  });
});

describe('a lease that ran out', () => {
  it('gives the run to the next worker that claims, as another attempt', async () => {
    const db = board();
    const { run, token } = await ranOut(db, { maxAttempts: 2 });
    const again = claim(db, { workerId: 'worker-2' });
    expect(again.run).toMatchObject({ id: run.id, status: 'running', attempt: 2, workerId: 'worker-2' });
    expect(again.token).toBeGreaterThan(token);
    expectLost(db, run.id, token);
    expect(db.finishRun(run.id, again.token, { status: 'succeeded' })).toMatchObject({
      status: 'succeeded',
      attempt: 2,
    });
    expect(db.getStats().executions).toBe(1);
  });

  it('in the last attempt ends the run as lost, which is an execution that did not succeed', async () => {
    const db = board();
    const { run, token } = await ranOut(db);
    expect(claim(db, { workerId: 'worker-2' })).toBeNull();
    expect(db.getRun(run.id)).toMatchObject({ status: 'lost', attempt: 1, finishedAt: at(0), leaseExpiresAt: null });
    expect(db.getExecution(run.id)).toMatchObject({ id: run.id, success: false, executedAt: at(0) });
    expectLost(db, run.id, token);
  });

  it('changes nothing by itself: its worker may still end the run', async () => {
    const db = board();
    const { run, token } = await ranOut(db);
    db.appendOutput(run.id, token, [{ stream: 'stdout', text: 'still here' }]);
    expect(db.finishRun(run.id, token, { status: 'succeeded' }).status).toBe('succeeded');
  });

  it('is recovered by every claim, whatever it asks for', async () => {
    const db = board();
    const { run } = await ranOut(db, { maxAttempts: 2 });
    expect(claim(db, { agentTypes: ['nobody'] })).toBeNull();
    expect(db.getRun(run.id)).toMatchObject({ status: 'queued', leaseExpiresAt: null });
  });
});

describe('leases do not hang on the wall clock', () => {
  it('an hour on: nobody’s run is taken away', () => {
    const db = board();
    const { run, token } = running(db, { maxAttempts: 2 });
    vi.setSystemTime(NOW + HOUR);
    expect(claim(db, { workerId: 'worker-2' })).toBeNull();
    expect(db.sweepRuns()).toEqual({ requeued: [], lost: [], timedOut: [] });
    expect(db.heartbeatRun(run.id, token).leaseExpiresAt).toBe(at(HOUR + 60_000));
  });

  it('an hour back: no run of a dead worker stays', async () => {
    const db = board();
    const { run } = await ranOut(db, { maxAttempts: 2 });
    vi.setSystemTime(NOW - HOUR);
    expect(claim(db, { workerId: 'worker-2' }).run).toMatchObject({ id: run.id, attempt: 2 });
  });

  it('nor does timeoutMs', async () => {
    const db = board();
    const { run } = running(db, { timeoutMs: 60_000 });
    vi.setSystemTime(NOW + HOUR);
    db.sweepRuns();
    expect(db.getRun(run.id).status).toBe('running');
    const short = running(db, { timeoutMs: 5 });
    vi.setSystemTime(NOW - HOUR);
    await pause(20);
    expect(db.sweepRuns().timedOut).toEqual([short.run.id]);
  });
});

describe('leaseMs', () => {
  it.each([
    ['claimRun', (db, leaseMs) => claim(db, { leaseMs })],
    ['claimRuns', (db, leaseMs) => db.claimRuns({ workerId: 'w', leaseMs })],
    ['startRun', (db, leaseMs) => running(db, {}, { leaseMs })],
    [
      'heartbeatRun',
      (db, leaseMs) => {
        const [{ id }] = db.listRuns({ status: 'running' }).items;
        return db.heartbeatRun(id, 1, { leaseMs });
      },
    ],
  ])('of %s is 1 millisecond to a day', (method, call) => {
    const db = board();
    running(db);
    queued(db);
    const before = everything(db);
    for (const leaseMs of [0, -1, 0.5, 86_400_001, 1e300, NaN, Infinity, -Infinity])
      expect(refusal(() => call(db, leaseMs))).toMatchObject({
        name: 'RangeError',
        code: 'ERR_OUT_OF_RANGE',
        method,
        field: 'leaseMs',
      });
    for (const leaseMs of ['60000', true, {}, new Date()])
      expect(refusal(() => call(db, leaseMs))).toMatchObject({ name: 'TypeError', method, field: 'leaseMs' });
    expect(everything(db)).toEqual(before);
  });
});
