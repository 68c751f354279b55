// `finishRun`: the end of a run, which is an execution under the same id, in the same transaction.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { board, claim, ended, everything, queued, refusal, running } from './support/runs.mjs';
import { execution } from './support/samples.mjs';
import { inFiles } from './support/temporary.mjs';

const NOW = Date.parse('2026-05-06T07:08:09.010Z');
beforeEach(() => vi.useFakeTimers({ now: NOW, toFake: ['Date'] }));
afterEach(() => vi.useRealTimers());

const at = (milliseconds) => new Date(NOW + milliseconds).toISOString();
const STATUSES = ['succeeded', 'failed', 'cancelled', 'timedOut'];

describe('finishRun(id, token, outcome)', () => {
  it('returns the Run with all that was told, and keeps it', () => {
    const db = board();
    const { run, token } = running(db);
    vi.advanceTimersByTime(1500);
    const outcome = {
      status: 'succeeded',
      exitCode: 0,
      error: 'a warning',
      result: { files: ['login.js'], nested: [null, { deep: true }] },
      commitBefore: 'a'.repeat(40),
      commitAfter: 'b'.repeat(64),
      filesChanged: 3,
      insertions: 120,
      deletions: 0,
    };
    const finished = db.finishRun(run.id, token, outcome);
    expect(finished).toStrictEqual({
      ...run,
      ...outcome,
      finishedAt: at(1500),
      durationMs: 1500,
      leaseExpiresAt: null,
    });
    expect(Object.keys(finished)).toEqual(Object.keys(run));
    expect(db.getRun(run.id)).toStrictEqual(finished);
  });

  it('leaves null what was not told', () => {
    expect(ended(board())).toMatchObject({
      exitCode: null,
      error: null,
      result: null,
      commitBefore: null,
      commitAfter: null,
      filesChanged: null,
      insertions: null,
      deletions: null,
    });
  });

  it.each([null, false, 0, '', 'text', [], {}, [1, { a: null }], { when: new Date(0), left: undefined }])(
    'takes %o as the result, and gives it as JSON does',
    (result) => {
      const db = board();
      const { id } = ended(db, {}, { status: 'succeeded', result });
      const stored = JSON.parse(JSON.stringify(result));
      expect(db.getRun(id).result).toEqual(stored);
      expect(db.getExecution(id).result).toEqual(stored);
    },
  );

  it.each(STATUSES)('ends the last attempt as %s', (status) => {
    const db = board();
    expect(ended(db, {}, { status })).toMatchObject({ status, attempt: 1, finishedAt: at(0), durationMs: 0 });
    expect(claim(db)).toBeNull();
  });

  it.each(['queued', 'running', 'waiting', 'lost', 'Succeeded', 'done', ''])(
    'does not take the status %o',
    (status) => {
      const db = board();
      const { run, token } = running(db);
      const before = everything(db);
      expect(refusal(() => db.finishRun(run.id, token, { status }))).toMatchObject({
        name: 'TypeError',
        code: 'ERR_INVALID_ARG_VALUE',
        method: 'finishRun',
        field: 'status',
        value: status,
      });
      expect(everything(db)).toEqual(before);
    },
  );

  it('needs a status', () => {
    const db = board();
    const { run, token } = running(db);
    for (const outcome of [undefined, null, {}, 'succeeded', { status: null }, { state: 'succeeded' }])
      expect(refusal(() => db.finishRun(run.id, token, outcome))).toMatchObject({
        name: 'TypeError',
        method: 'finishRun',
      });
    expect(db.getRun(run.id).status).toBe('running');
  });
});

describe('the execution of a run', () => {
  it('has its id, and what a run and an execution have in common', () => {
    const db = board();
    const given = { zoneId: 'zone-2', worktreeId: 'wt-3', agentType: 'qa', prompt: 'Test it' };
    const { run, token } = running(db, given);
    vi.advanceTimersByTime(700);
    db.finishRun(run.id, token, { status: 'succeeded', result: { output: 'ok' } });
    expect(db.getExecution(run.id)).toStrictEqual({
      id: run.id,
      ...given,
      result: { output: 'ok' },
      success: true,
      executedAt: at(700),
    });
  });

  it.each(STATUSES)('of one that %s', (status) => {
    const db = board();
    const { id } = ended(db, {}, { status });
    const isSuccess = status === 'succeeded';
    expect(db.getExecution(id).success).toBe(isSuccess);
    expect(db.getExecutionStats()).toMatchObject({
      total: 1,
      successful: isSuccess ? 1 : 0,
      failed: isSuccess ? 0 : 1,
    });
  });

  it('is in the histories, in its place, and in every count', () => {
    const db = board();
    const first = db.recordExecution(execution());
    vi.advanceTimersByTime(1);
    const { id } = ended(db);
    vi.advanceTimersByTime(1);
    const last = db.recordExecution(execution());
    for (const history of [db.getExecutionHistory('zone-1'), db.getWorktreeExecutions('wt-1')])
      expect(history.map((each) => each.id)).toEqual([last, id, first]);
    expect(db.getStats().executions).toBe(3);
    expect(db.getExecutionStats({ zoneId: 'zone-1', worktreeId: 'wt-1' })).toMatchObject({ total: 3, successful: 1 });
  });

  it('reads back {} where the run has no result, as one that was recorded without', () => {
    const db = board();
    const { id } = ended(db);
    expect(db.getExecution(id).result).toEqual({});
  });

  it('is there as soon as the run has ended, and not before', () => {
    const db = board();
    const { run, token } = running(db);
    expect(db.getStats().executions).toBe(0);
    db.finishRun(run.id, token, { status: 'failed' });
    expect(db.getStats().executions).toBe(1);
    expect(db.getExecution(run.id)).not.toBeNull();
  });

  it.runIf(inFiles)('whose id another program has taken: the run ends nevertheless, and loses nothing', () => {
    const db = board();
    const { run, token } = running(db);
    db.db
      .prepare(
        `INSERT INTO zone_executions (id, zone_id, worktree_id, agent_type, prompt, result, success, executed_at)
         VALUES (?, 'zone-2', 'wt-2', 'theirs', 'Theirs', '"theirs"', 0, '2026-01-01T00:00:00.000Z')`,
      )
      .run(run.id);
    const finished = db.finishRun(run.id, token, { status: 'succeeded', result: 'ours' });
    expect(finished).toMatchObject({ status: 'succeeded', prompt: 'Build it', result: 'ours', zoneId: 'zone-1' });
    expect(db.getRun(run.id)).toStrictEqual(finished);
    expect(db.getExecution(run.id)).toMatchObject({ agentType: 'theirs', result: 'theirs', success: false });
    expect(db.getStats().executions).toBe(1);
  });
});

describe('said twice', () => {
  it.each(STATUSES)('a finish as %s is answered as the first time, and done once', (status) => {
    const db = board();
    const { run, token } = running(db);
    const finished = db.finishRun(run.id, token, { status, result: 1 });
    const before = everything(db);
    vi.advanceTimersByTime(1000);
    expect(db.finishRun(run.id, token, { status, result: 1 })).toStrictEqual(finished);
    expect(db.finishRun(run.id, token, { status: 'succeeded', result: 2, exitCode: 3 })).toStrictEqual(finished);
    expect(everything(db)).toEqual(before);
    expect(db.getStats().executions).toBe(1);
  });

  it('of an attempt that failed gives the run as it is by now', () => {
    const db = board();
    const { run, token } = running(db, { maxAttempts: 3 });
    const requeued = db.finishRun(run.id, token, { status: 'failed' });
    expect(db.finishRun(run.id, token, { status: 'failed' })).toStrictEqual(requeued);
    vi.advanceTimersByTime(1000);
    const again = claim(db, { workerId: 'worker-2' });
    const answer = db.finishRun(run.id, token, { status: 'succeeded' });
    expect(answer).toMatchObject({ id: run.id, status: 'running', workerId: 'worker-2', attempt: 2 });
    db.finishRun(run.id, again.token, { status: 'succeeded' });
    expect(db.finishRun(run.id, token, { status: 'failed' })).toMatchObject({ status: 'succeeded', attempt: 2 });
    expect(db.getStats().executions).toBe(1);
  });

  it('is no way in for a token that never finished it', () => {
    const db = board();
    queued(db);
    const released = claim(db);
    db.releaseRun(released.run.id, released.token);
    const { run, token } = claim(db);
    db.finishRun(run.id, token, { status: 'succeeded' });
    expect(refusal(() => db.finishRun(run.id, released.token, { status: 'failed' })).code).toBe('ERR_LEASE_LOST');
    expect(db.getRun(run.id).status).toBe('succeeded');
  });
});
