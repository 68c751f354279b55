// `waitRun`, `answerRun`: a run that needs a person.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  board,
  claim,
  ended,
  everything,
  idsOf,
  pause,
  queued,
  refusal,
  running,
  waiting,
  wanted,
} from './support/runs.mjs';

const NOW = Date.parse('2026-05-06T07:08:09.010Z');
const HOUR = 3_600_000;
beforeEach(() => vi.useFakeTimers({ now: NOW, toFake: ['Date'] }));
afterEach(() => vi.useRealTimers());

const at = (milliseconds) => new Date(NOW + milliseconds).toISOString();

describe('waitRun(id, token, { question })', () => {
  it('leaves the run to a person: it has a question, and no lease', () => {
    const db = board();
    const { run, token } = running(db);
    const asked = db.waitRun(run.id, token, { question: 'May I delete the old migration?' });
    expect(asked).toMatchObject({
      id: run.id,
      status: 'waiting',
      question: 'May I delete the old migration?',
      answer: null,
      attempt: 1,
      leaseExpiresAt: null,
      finishedAt: null,
    });
    expect(db.getRun(run.id)).toStrictEqual(asked);
  });

  it('ends the claim: its token holds nothing any more', () => {
    const db = board();
    const { run, token } = running(db);
    db.waitRun(run.id, token, { question: 'May I?' });
    const before = everything(db);
    for (const call of [
      () => db.heartbeatRun(run.id, token),
      () => db.waitRun(run.id, token, { question: 'May I?' }),
      () => db.finishRun(run.id, token, { status: 'succeeded' }),
    ])
      expect(refusal(call).code).toBe('ERR_LEASE_LOST');
    expect(everything(db)).toEqual(before);
  });

  it('makes no execution, and no claim gets it, nor any sweep, however long it takes', async () => {
    const db = board();
    const { run, token } = running(db, {}, { leaseMs: 1 });
    db.waitRun(run.id, token, { question: 'May I?' });
    await pause(10);
    vi.advanceTimersByTime(30 * 24 * HOUR);
    expect(claim(db)).toBeNull();
    expect(db.sweepRuns()).toEqual({ requeued: [], lost: [], timedOut: [] });
    expect(db.getRun(run.id).status).toBe('waiting');
    expect(db.getStats().executions).toBe(0);
  });

  it('gives back the place in every limit', () => {
    const db = board();
    db.setRunLimit({}, 1);
    db.setRunLimit({ zoneId: 'zone-1' }, 1);
    const { run, token } = running(db);
    queued(db);
    expect(claim(db)).toBeNull();
    db.waitRun(run.id, token, { question: 'May I?' });
    expect(claim(db)).not.toBeNull();
  });

  it('needs a question', () => {
    const db = board();
    const { run, token } = running(db);
    for (const given of [undefined, null, {}, 'May I?', { question: null }, { question: true }, { question: {} }])
      expect(refusal(() => db.waitRun(run.id, token, given))).toMatchObject({ name: 'TypeError', method: 'waitRun' });
    expect(refusal(() => db.waitRun(run.id, token, { question: 'x', to: 'me' })).code).toBe('ERR_UNKNOWN_KEY');
    expect(db.getRun(run.id).status).toBe('running');
  });
});

describe('answerRun(id, { answer })', () => {
  it('puts the run back into the queue, with question and answer', () => {
    const db = board();
    const { id } = waiting(db);
    const answered = db.answerRun(id, { answer: 'Yes' });
    expect(answered).toMatchObject({ id, status: 'queued', question: 'May I?', answer: 'Yes', attempt: 1 });
    expect(db.getRun(id)).toStrictEqual(answered);
  });

  it('first in line: before every priority and every zone that is idle', () => {
    const db = board();
    const { id } = waiting(db, { priority: -100, zoneId: 'zone-1' });
    running(db, { zoneId: 'zone-1' });
    queued(db, { priority: 2 ** 50, zoneId: 'zone-2' });
    db.answerRun(id, { answer: 'Yes' });
    expect(claim(db).run.id).toBe(id);
  });

  it('of several in the order of everybody else: priority, then age', () => {
    const db = board();
    const ids = [0, 0, 5].map((priority) => waiting(db, { priority }).id);
    for (const id of ids.toReversed()) db.answerRun(id, { answer: 'Yes' });
    const line = db.claimRuns({ workerId: 'w', limit: 3 }).map(({ run }) => run);
    expect(idsOf(line)).toEqual([ids[2], ids[0], ids[1]]);
  });

  it('whoever claims it goes on with the same attempt, by another token', () => {
    const db = board();
    const first = running(db, { maxAttempts: 1 });
    db.waitRun(first.run.id, first.token, { question: 'May I?' });
    db.answerRun(first.run.id, { answer: 'Yes' });
    const again = claim(db, { workerId: 'worker-2' });
    expect(again.run).toMatchObject({
      id: first.run.id,
      attempt: 1,
      workerId: 'worker-2',
      question: 'May I?',
      answer: 'Yes',
      startedAt: at(0),
    });
    expect(again.token).toBeGreaterThan(first.token);
    expect(db.finishRun(again.run.id, again.token, { status: 'succeeded' })).toMatchObject({
      status: 'succeeded',
      attempt: 1,
      question: 'May I?',
      answer: 'Yes',
    });
  });

  it('another question has no answer yet', () => {
    const db = board();
    const { id } = waiting(db);
    db.answerRun(id, { answer: 'Yes' });
    const { token } = claim(db);
    expect(db.waitRun(id, token, { question: 'And that?' })).toMatchObject({ question: 'And that?', answer: null });
  });

  it('a release in between leaves it answered, and first in line', () => {
    const db = board();
    const { id } = waiting(db);
    db.answerRun(id, { answer: 'Yes' });
    queued(db, { priority: 9 });
    const { token } = claim(db);
    expect(db.releaseRun(id, token)).toMatchObject({ status: 'queued', attempt: 1, answer: 'Yes', startedAt: at(0) });
    expect(claim(db).run).toMatchObject({ id, attempt: 1 });
  });

  it('is for a waiting run: any other is ERR_RUN_TRANSITION, and stays as it is', () => {
    const db = board();
    const answered = waiting(db);
    db.answerRun(answered.id, { answer: 'Yes' });
    const runs = [queued(db), running(db).run, ended(db), answered];
    const before = everything(db);
    for (const { id } of runs)
      expect(refusal(() => db.answerRun(id, { answer: 'No' }))).toMatchObject({
        name: 'Error',
        code: 'ERR_RUN_TRANSITION',
        method: 'answerRun',
        field: 'id',
        value: id,
      });
    expect(refusal(() => db.answerRun('nowhere', { answer: 'No' }))).toMatchObject({ code: 'ERR_NOT_FOUND' });
    expect(everything(db)).toEqual(before);
  });

  it('needs an answer', () => {
    const db = board();
    const { id } = waiting(db);
    for (const given of [undefined, null, {}, 'Yes', { answer: null }, { answer: true }])
      expect(refusal(() => db.answerRun(id, given))).toMatchObject({ name: 'TypeError', method: 'answerRun' });
    expect(refusal(() => db.answerRun(id, { answer: 'Yes', by: 'me' })).code).toBe('ERR_UNKNOWN_KEY');
    expect(db.getRun(id).status).toBe('waiting');
  });
});

describe('the time that a person takes', () => {
  it('is no part of durationMs', () => {
    const db = board();
    const { run, token } = running(db);
    vi.advanceTimersByTime(1000);
    db.waitRun(run.id, token, { question: 'May I?' });
    vi.advanceTimersByTime(HOUR);
    db.answerRun(run.id, { answer: 'Yes' });
    vi.advanceTimersByTime(HOUR);
    const again = claim(db);
    vi.advanceTimersByTime(500);
    const finished = db.finishRun(run.id, again.token, { status: 'succeeded' });
    expect(finished).toMatchObject({ durationMs: 1500, startedAt: at(0), finishedAt: at(2 * HOUR + 1500) });
  });

  it('does not count for timeoutMs; what was worked before the question does', async () => {
    const db = board();
    const { run, token } = running(db, { timeoutMs: 400 });
    await pause(250);
    db.waitRun(run.id, token, { question: 'May I?' });
    await pause(300);
    db.answerRun(run.id, { answer: 'Yes' });
    claim(db);
    expect(db.sweepRuns().timedOut).toEqual([]);
    await pause(250);
    expect(db.sweepRuns().timedOut).toEqual([run.id]);
  });
});

describe('a run that nobody wants', () => {
  it('is not left to a person: a question ends it as cancelled', () => {
    const db = board();
    const { run, token } = running(db);
    db.cancelRun(run.id);
    expect(db.waitRun(run.id, token, { question: 'May I?' })).toMatchObject({ status: 'cancelled', finishedAt: at(0) });
    expect(db.getExecution(run.id)).toMatchObject({ success: false });
  });

  it('while it waits ends at once, and is an execution, since it was begun', () => {
    const db = board();
    const { id } = waiting(db);
    expect(db.cancelRun(id, { reason: 'Nobody answers' })).toMatchObject({
      status: 'cancelled',
      error: 'Nobody answers',
      question: 'May I?',
    });
    expect(db.getExecution(id)).toMatchObject({ success: false });
    expect(db.enqueueRun(wanted()).id).not.toBe(id);
  });
});
