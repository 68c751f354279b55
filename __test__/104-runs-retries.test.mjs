// Attempts: what fails is tried again after a backoff, what got lost at once, up to `maxAttempts`.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { sql } from './support/sql.mjs';
import { board, claim, ended, queued, ranOut, running } from './support/runs.mjs';

const NOW = Date.parse('2026-05-06T07:08:09.010Z');
beforeEach(() => vi.useFakeTimers({ now: NOW, toFake: ['Date'] }));
afterEach(() => vi.useRealTimers());

const at = (milliseconds) => new Date(NOW + milliseconds).toISOString();
/** For how many milliseconds from now a run is put off. */
const delay = ({ availableAt }) => Date.parse(availableAt) - Date.now();

/** Fails the run whenever it may be claimed; gives how long it was put off each time, and the run at its end. */
function failThroughout(db, id) {
  const delays = [];
  for (;;) {
    const { token } = claim(db);
    const run = db.finishRun(id, token, { status: 'failed', error: `attempt ${delays.length + 1}` });
    if (run.status !== 'queued') return { delays, run };
    delays.push(delay(run));
    expect(claim(db)).toBeNull();
    vi.setSystemTime(Date.parse(run.availableAt) - 1);
    expect(claim(db)).toBeNull();
    vi.setSystemTime(Date.parse(run.availableAt));
  }
}

describe('an attempt that failed', () => {
  it('puts the run back into the queue, until its backoff is over', () => {
    const db = board();
    const { run, token } = running(db, { maxAttempts: 2 });
    vi.advanceTimersByTime(300);
    const failed = db.finishRun(run.id, token, { status: 'failed', exitCode: 1, error: 'no network' });
    expect(failed).toMatchObject({
      status: 'queued',
      attempt: 1,
      startedAt: at(0),
      finishedAt: null,
      leaseExpiresAt: null,
    });
    expect(delay(failed)).toBeGreaterThanOrEqual(500);
    expect(delay(failed)).toBeLessThanOrEqual(1000);
    expect(db.getStats().executions).toBe(0);
    expect(claim(db)).toBeNull();
    vi.setSystemTime(Date.parse(failed.availableAt));
    expect(claim(db).run).toMatchObject({ id: run.id, status: 'running', attempt: 2, startedAt: at(0) });
  });

  it('waits up to a second, two, four, … for the next one, half of it by chance', () => {
    const db = board();
    const { id } = queued(db, { maxAttempts: 12 });
    const { delays } = failThroughout(db, id);
    const longest = [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300].map((seconds) => seconds * 1000);
    expect(delays).toHaveLength(11);
    for (const [n, waited] of delays.entries()) {
      expect(waited).toBeGreaterThanOrEqual(longest[n] / 2);
      expect(waited).toBeLessThanOrEqual(longest[n]);
    }
  });

  it('comes back at other times than those that failed with it', () => {
    const db = board();
    const delays = Array.from({ length: 30 }, () => delay(ended(db, { maxAttempts: 2 }, { status: 'failed' })));
    expect(new Set(delays).size).toBeGreaterThan(5);
  });

  it('is the end where it was the last one: one execution for all of them', () => {
    const db = board();
    const { id } = queued(db, { maxAttempts: 3 });
    const { run } = failThroughout(db, id);
    expect(run).toMatchObject({ status: 'failed', attempt: 3, maxAttempts: 3, error: 'attempt 3', startedAt: at(0) });
    expect(db.getExecution(id)).toMatchObject({ success: false, executedAt: run.finishedAt });
    expect(db.getStats().executions).toBe(1);
    vi.advanceTimersByTime(3_600_000);
    expect(claim(db)).toBeNull();
  });

  it('leaves what it said with the run, its result too, also where the run is cancelled before the next one', () => {
    const db = board();
    const { run, token } = running(db, { maxAttempts: 2 });
    const failed = db.finishRun(run.id, token, { status: 'failed', error: 'half done', result: { done: [1, 2] } });
    expect(failed).toMatchObject({ status: 'queued', error: 'half done', result: { done: [1, 2] } });
    expect(db.getRun(run.id)).toStrictEqual(failed);
    expect(db.cancelRun(run.id)).toMatchObject({ status: 'cancelled', result: { done: [1, 2] } });
    expect(db.getRun(run.id).result).toStrictEqual({ done: [1, 2] });
    expect(db.getExecution(run.id).result).toStrictEqual({ done: [1, 2] });
    expect(sql(db).prepare('SELECT result FROM runs').pluck().get()).toBeNull();
  });

  it('may be followed by one that succeeds', () => {
    const db = board();
    const first = running(db, { maxAttempts: 3 });
    vi.advanceTimersByTime(100);
    db.finishRun(first.run.id, first.token, { status: 'failed', error: 'no network', exitCode: 1 });
    vi.advanceTimersByTime(5000);
    const { run, token } = claim(db, { workerId: 'worker-2' });
    vi.advanceTimersByTime(40);
    expect(db.finishRun(run.id, token, { status: 'succeeded', exitCode: 0 })).toMatchObject({
      status: 'succeeded',
      attempt: 2,
      workerId: 'worker-2',
      exitCode: 0,
      error: null,
      startedAt: at(0),
      finishedAt: at(5140),
      // Without the backoff in between.
      durationMs: 140,
    });
    expect(db.getExecution(run.id).success).toBe(true);
  });

  it.each(['cancelled', 'timedOut'])('is not what %s is: that is not tried again', (status) => {
    const db = board();
    expect(ended(db, { maxAttempts: 5 }, { status })).toMatchObject({ status, attempt: 1 });
    vi.advanceTimersByTime(3_600_000);
    expect(claim(db)).toBeNull();
  });
});

describe('an attempt that got lost', () => {
  it('is followed by the next one at once, since it was not the work that failed', async () => {
    const db = board();
    const { run } = await ranOut(db, { maxAttempts: 2 });
    expect(db.sweepRuns().requeued).toEqual([run.id]);
    expect(db.getRun(run.id)).toMatchObject({ status: 'queued', attempt: 1 });
    expect(claim(db).run).toMatchObject({ id: run.id, attempt: 2 });
  });

  it('counts: a run that kills its workers comes to its end', async () => {
    const db = board();
    const { run } = await ranOut(db, { maxAttempts: 3 });
    db.sweepRuns();
    for (const attempt of [2, 3]) {
      expect(claim(db, { leaseMs: 1 }).run.attempt).toBe(attempt);
      await new Promise((resolve) => setTimeout(resolve, 10));
      db.sweepRuns();
    }
    expect(db.getRun(run.id)).toMatchObject({ status: 'lost', attempt: 3 });
    expect(db.getStats().executions).toBe(1);
  });

  it('counts with those that failed', async () => {
    const db = board();
    const { run, token } = running(db, { maxAttempts: 2 });
    db.finishRun(run.id, token, { status: 'failed' });
    vi.advanceTimersByTime(1000);
    claim(db, { leaseMs: 1 });
    await new Promise((resolve) => setTimeout(resolve, 10));
    expect(db.sweepRuns().lost).toEqual([run.id]);
  });
});

describe('maxAttempts', () => {
  it('is 1 unless more are given: nothing is tried again', () => {
    expect(ended(board(), {}, { status: 'failed' })).toMatchObject({ status: 'failed', attempt: 1, maxAttempts: 1 });
  });

  it('leaves attempts for a run that was released', () => {
    const db = board();
    const { id } = queued(db, { maxAttempts: 1 });
    for (let n = 0; n < 5; n += 1) db.releaseRun(id, claim(db).token);
    expect(db.finishRun(id, claim(db).token, { status: 'failed' })).toMatchObject({ status: 'failed', attempt: 1 });
  });
});
