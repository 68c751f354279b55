// `cancelRun`, `releaseRun`, `retryRun`: no longer wanted, given back, wanted once more.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { board, claim, ended, everything, queued, ranOut, refusal, running, waiting } from './support/runs.mjs';
import { execution } from './support/samples.mjs';

const NOW = Date.parse('2026-05-06T07:08:09.010Z');
beforeEach(() => vi.useFakeTimers({ now: NOW, toFake: ['Date'] }));
afterEach(() => vi.useRealTimers());

const at = (milliseconds) => new Date(NOW + milliseconds).toISOString();

describe('cancelRun(id, { reason }?)', () => {
  it('ends a queued run, which was never begun and is no execution', () => {
    const db = board();
    const run = queued(db);
    vi.advanceTimersByTime(5);
    const cancelled = db.cancelRun(run.id, { reason: 'The issue was closed' });
    expect(cancelled).toStrictEqual({
      ...run,
      status: 'cancelled',
      finishedAt: at(5),
      error: 'The issue was closed',
      durationMs: cancelled.durationMs,
    });
    expect(db.getRun(run.id)).toStrictEqual(cancelled);
    expect(db.getExecution(run.id)).toBeNull();
    expect(db.getStats().executions).toBe(0);
    expect(claim(db)).toBeNull();
  });

  it('needs no reason', () => {
    const db = board();
    for (const options of [undefined, {}, { reason: null }, { reason: undefined }])
      expect(db.cancelRun(queued(db).id, options)).toMatchObject({ status: 'cancelled', error: null });
  });

  it('ends one that waits for its time, or for its next attempt, which is an execution then', () => {
    const db = board();
    const put = queued(db, { availableAt: new Date(NOW + 1000) });
    expect(db.cancelRun(put.id).status).toBe('cancelled');
    expect(db.getExecution(put.id)).toBeNull();
    const { id } = ended(db, { maxAttempts: 2 }, { status: 'failed' });
    expect(db.cancelRun(id)).toMatchObject({ status: 'cancelled', attempt: 1 });
    expect(db.getExecution(id)).toMatchObject({ success: false });
    vi.advanceTimersByTime(10_000);
    expect(claim(db)).toBeNull();
  });

  it('asks a running one to stop: its worker hears it, and goes on until it ends the run', () => {
    const db = board();
    const { run, token } = running(db);
    vi.advanceTimersByTime(7);
    const asked = db.cancelRun(run.id, { reason: 'Too late' });
    expect(asked).toMatchObject({ status: 'running', cancelRequestedAt: at(7), finishedAt: null });
    expect(db.getRun(run.id).cancelRequestedAt).toBe(at(7));
    expect(db.heartbeatRun(run.id, token).cancelRequested).toBe(true);
    db.appendOutput(run.id, token, [{ stream: 'stderr', text: 'stopping' }]);
    expect(db.finishRun(run.id, token, { status: 'cancelled' })).toMatchObject({
      status: 'cancelled',
      error: 'Too late',
      cancelRequestedAt: at(7),
    });
    expect(db.getExecution(run.id)).toMatchObject({ success: false });
  });

  it('once more changes nothing, also not the reason', () => {
    const db = board();
    const { run } = running(db);
    const asked = db.cancelRun(run.id, { reason: 'Too late' });
    const before = everything(db);
    vi.advanceTimersByTime(1000);
    expect(db.cancelRun(run.id, { reason: 'Otherwise' })).toMatchObject({
      cancelRequestedAt: asked.cancelRequestedAt,
    });
    expect(everything(db)).toEqual(before);
  });

  it.each([
    ['succeeded', 'succeeded'],
    ['failed', 'failed'],
    ['timedOut', 'timedOut'],
  ])('leaves it to the worker: what %s in spite of it has %s, and is not tried again', (status, shown) => {
    const db = board();
    const { run, token } = running(db, { maxAttempts: 5 });
    db.cancelRun(run.id, { reason: 'Too late' });
    expect(db.finishRun(run.id, token, { status, error: 'mine' })).toMatchObject({ status: shown, error: 'mine' });
    vi.advanceTimersByTime(3_600_000);
    expect(claim(db)).toBeNull();
  });

  it('and a worker that is not there any more: the run is cancelled, and not tried again', async () => {
    const db = board();
    const { run } = await ranOut(db, { maxAttempts: 5 });
    db.cancelRun(run.id, { reason: 'Too late' });
    expect(db.sweepRuns()).toEqual({ requeued: [], lost: [], timedOut: [] });
    expect(db.getRun(run.id)).toMatchObject({ status: 'cancelled', error: 'Too late' });
    expect(db.getExecution(run.id)).toMatchObject({ success: false });
  });

  it('of a run that has ended is ERR_RUN_TRANSITION, and changes nothing', () => {
    const db = board();
    const runs = ['succeeded', 'failed', 'cancelled', 'timedOut'].map((status) => ended(db, {}, { status }));
    const before = everything(db);
    for (const { id, status } of runs)
      expect(
        refusal(() => db.cancelRun(id)),
        status,
      ).toMatchObject({ name: 'Error', code: 'ERR_RUN_TRANSITION', method: 'cancelRun', field: 'id', value: id });
    expect(refusal(() => db.cancelRun('nowhere'))).toMatchObject({ code: 'ERR_NOT_FOUND', field: 'id' });
    expect(everything(db)).toEqual(before);
  });

  it('of an execution that was recorded only, too: that has ended', () => {
    const db = board();
    const id = db.recordExecution(execution());
    expect(refusal(() => db.cancelRun(id)).code).toBe('ERR_RUN_TRANSITION');
  });
});

describe('releaseRun(id, token)', () => {
  it('gives the run back as if the claim had not been', () => {
    const db = board();
    const run = queued(db);
    const { token } = claim(db);
    vi.advanceTimersByTime(500);
    const released = db.releaseRun(run.id, token);
    expect(released).toMatchObject({
      id: run.id,
      status: 'queued',
      attempt: 0,
      startedAt: null,
      leaseExpiresAt: null,
      finishedAt: null,
    });
    expect(db.getRun(run.id)).toStrictEqual(released);
    expect(db.getStats().executions).toBe(0);
  });

  it('to its place in line', () => {
    const db = board();
    for (const prompt of ['a', 'b', 'c']) queued(db, { prompt });
    const { run, token } = claim(db);
    db.releaseRun(run.id, token);
    expect([claim(db), claim(db), claim(db)].map((claimed) => claimed.run.prompt)).toEqual(['a', 'b', 'c']);
  });

  it('after an attempt that failed leaves that one counted', () => {
    const db = board();
    const { id } = ended(db, { maxAttempts: 3 }, { status: 'failed' });
    vi.advanceTimersByTime(1000);
    const { token } = claim(db);
    expect(db.releaseRun(id, token)).toMatchObject({ status: 'queued', attempt: 1, startedAt: at(0) });
    expect(claim(db).run.attempt).toBe(2);
  });

  it('gives back the place in every limit', () => {
    const db = board();
    db.setRunLimit({}, 1);
    const { run, token } = running(db);
    db.releaseRun(run.id, token);
    expect(claim(db).run.id).toBe(run.id);
  });

  it('of one that nobody wants any more ends it as cancelled', () => {
    const db = board();
    const { run, token } = running(db);
    db.cancelRun(run.id, { reason: 'Too late' });
    expect(db.releaseRun(run.id, token)).toMatchObject({ status: 'cancelled', error: 'Too late', attempt: 1 });
    expect(db.getExecution(run.id)).toMatchObject({ success: false });
  });
});

describe('retryRun(id, changes?)', () => {
  const GIVEN = {
    zoneId: 'zone-2',
    worktreeId: 'wt-3',
    agentType: 'qa',
    prompt: 'Test it',
    priority: 4,
    maxAttempts: 2,
    timeoutMs: 60_000,
    metadata: { issue: 7 },
  };

  it('wants the same once more: a new run, with nothing of what became of the first', () => {
    const db = board();
    const parent = queued(db);
    const first = ended(db, { ...GIVEN, parentRunId: parent.id }, { status: 'cancelled', error: 'e', result: 1 });
    const before = db.getRun(first.id);
    vi.advanceTimersByTime(50);
    const again = db.retryRun(first.id);
    expect(again).toMatchObject({
      ...GIVEN,
      parentRunId: parent.id,
      retryOf: first.id,
      status: 'queued',
      attempt: 0,
      createdAt: at(50),
      workerId: null,
      startedAt: null,
      finishedAt: null,
      error: null,
      result: null,
    });
    expect(again.id).not.toBe(first.id);
    expect(db.getRun(first.id)).toStrictEqual(before);
    expect(claim(db, { agentTypes: ['qa'] }).run.id).toBe(again.id);
  });

  it('with what is to be otherwise', () => {
    const db = board();
    const { id } = ended(db, GIVEN);
    const changes = {
      zoneId: 'zone-1',
      prompt: 'Test it again',
      priority: undefined,
      timeoutMs: null,
      availableAt: new Date(NOW + 9000),
    };
    expect(db.retryRun(id, changes)).toMatchObject({
      ...GIVEN,
      zoneId: 'zone-1',
      prompt: 'Test it again',
      timeoutMs: null,
      availableAt: at(9000),
      retryOf: id,
    });
  });

  it.each(['succeeded', 'failed', 'cancelled', 'timedOut'])('of one that %s', (status) => {
    const db = board();
    const { id } = ended(db, {}, { status });
    expect(db.retryRun(id)).toMatchObject({ status: 'queued', retryOf: id });
  });

  it('of a run that was cancelled before it began, of one that got lost, and of a retry', async () => {
    const db = board();
    const lost = await ranOut(db);
    db.sweepRuns();
    for (const { id } of [db.cancelRun(queued(db).id), lost.run])
      expect(db.retryRun(id)).toMatchObject({ status: 'queued', prompt: 'Build it', retryOf: id });
    const first = ended(db);
    const second = db.cancelRun(db.retryRun(first.id).id);
    expect(db.retryRun(second.id).retryOf).toBe(second.id);
  });

  it('of an execution that was recorded only', () => {
    const db = board();
    const id = db.recordExecution(execution({ prompt: 'Recorded' }));
    expect(db.retryRun(id)).toMatchObject({ status: 'queued', prompt: 'Recorded', agentType: 'frontend', retryOf: id });
  });

  it('of one that has not ended is ERR_RUN_TRANSITION', () => {
    const db = board();
    const runs = [queued(db), running(db).run, waiting(db)];
    const before = everything(db);
    for (const { id } of runs)
      expect(refusal(() => db.retryRun(id))).toMatchObject({
        name: 'Error',
        code: 'ERR_RUN_TRANSITION',
        method: 'retryRun',
        field: 'id',
        value: id,
      });
    expect(refusal(() => db.retryRun('nowhere'))).toMatchObject({ code: 'ERR_NOT_FOUND', field: 'id' });
    expect(everything(db)).toEqual(before);
  });

  it('checks the changes as enqueueRun does', () => {
    const db = board();
    const { id } = ended(db);
    const before = everything(db);
    for (const [changes, told] of [
      [{ prompt: null }, { name: 'TypeError', field: 'prompt' }],
      [{ worktreeId: 'nowhere' }, { code: 'ERR_NOT_FOUND', field: 'worktreeId' }],
      [{ maxAttempts: 1001 }, { name: 'RangeError', field: 'maxAttempts' }],
      [{ status: 'queued' }, { code: 'ERR_UNKNOWN_KEY', field: 'status' }],
    ])
      expect(refusal(() => db.retryRun(id, changes))).toMatchObject({ method: 'retryRun', ...told });
    expect(everything(db)).toEqual(before);
  });

  it('is a new wish: it has the idempotencyKey of the first only if that is given again', () => {
    const db = board();
    const KEY = { idempotencyKey: 'issue-7' };
    const first = ended(db, KEY);
    const again = db.retryRun(first.id);
    expect(again).toMatchObject({ retryOf: first.id, idempotencyKey: null });
    expect(db.retryRun(first.id).id).not.toBe(again.id);
    const keyed = db.retryRun(first.id, KEY);
    expect(keyed).toMatchObject({ retryOf: first.id, ...KEY });
    expect(db.retryRun(first.id, KEY)).toStrictEqual(keyed);
  });

  it('is available at once, whatever the first one had to wait for', () => {
    const db = board();
    const first = db.cancelRun(queued(db, { availableAt: new Date(NOW + 60_000) }).id);
    expect(db.retryRun(first.id).availableAt).toBe(at(0));
  });
});
