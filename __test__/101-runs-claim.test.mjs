// `claimRun`, `claimRuns`, `startRun`: who gets which run.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { board, claim, everything, idsOf, promptsOf, queued, refusal, running, wanted } from './support/runs.mjs';

const NOW = Date.parse('2026-05-06T07:08:09.010Z');
beforeEach(() => vi.useFakeTimers({ now: NOW, toFake: ['Date'] }));
afterEach(() => vi.useRealTimers());

const at = (milliseconds) => new Date(NOW + milliseconds).toISOString();
/** The prompts of the next runs in line. */
const next = (db, limit, options) =>
  promptsOf(db.claimRuns({ workerId: 'worker-1', limit, ...options }).map(({ run }) => run));

describe('claimRun(options)', () => {
  it('gives null where nothing is queued', () => {
    const db = board();
    expect(claim(db)).toBeNull();
    expect(db.claimRuns({ workerId: 'worker-1', limit: 5 })).toEqual([]);
  });

  it('gives the run, which is running now, and a token', () => {
    const db = board();
    const before = queued(db);
    vi.advanceTimersByTime(1500);
    const claimed = claim(db);
    expect(claimed).toStrictEqual({
      run: {
        ...before,
        status: 'running',
        attempt: 1,
        workerId: 'worker-1',
        startedAt: at(1500),
        leaseExpiresAt: at(61_500),
        durationMs: claimed.run.durationMs,
      },
      token: expect.any(Number),
    });
    expect(Number.isSafeInteger(claimed.token)).toBe(true);
    expect(db.getRun(before.id)).toStrictEqual(claimed.run);
  });

  it('holds it for leaseMs, 60 seconds by default', () => {
    const db = board();
    for (const [options, expires] of [
      [{}, 60_000],
      [{ leaseMs: null }, 60_000],
      [{ leaseMs: 1 }, 1],
      [{ leaseMs: 86_400_000 }, 86_400_000],
    ]) {
      queued(db);
      expect(claim(db, options).run.leaseExpiresAt).toBe(at(expires));
    }
  });

  it('gives a run once', () => {
    const db = board();
    queued(db);
    expect(claim(db)).not.toBeNull();
    expect(claim(db)).toBeNull();
    expect(claim(db, { workerId: 'worker-2' })).toBeNull();
  });

  it('gives one worker as many as it asks for, one by one', () => {
    const db = board();
    db.enqueueRuns([wanted(), wanted(), wanted()]);
    const claimed = [claim(db), claim(db), claim(db)];
    expect(new Set(idsOf(claimed.map(({ run }) => run))).size).toBe(3);
  });

  it('makes no execution yet', () => {
    const db = board();
    const { run } = running(db);
    expect(db.getExecution(run.id)).toBeNull();
    expect(db.getStats().executions).toBe(0);
  });
});

describe('the line', () => {
  const agent = (prompt, given) => wanted({ prompt, ...given });

  it('has the oldest first, of one millisecond in the order of the calls', () => {
    const db = board();
    for (const prompt of ['a', 'b', 'c']) queued(db, { prompt });
    vi.advanceTimersByTime(1);
    queued(db, { prompt: 'd' });
    expect(next(db, 9)).toEqual(['a', 'b', 'c', 'd']);
  });

  it('has the higher priority before the older', () => {
    const db = board();
    for (const priority of [0, -1, 5, 0, 2 ** 40]) queued(db, { prompt: String(priority), priority });
    expect(next(db, 9)).toEqual([String(2 ** 40), '5', '0', '0', '-1']);
  });

  it('has the zone in which the fewest run before the older', () => {
    const db = board();
    for (const prompt of ['1a', '1b', '1c']) queued(db, { prompt, zoneId: 'zone-1' });
    for (const prompt of ['2a', '2b']) queued(db, { prompt, zoneId: 'zone-2' });
    expect([next(db, 1), next(db, 1), next(db, 1), next(db, 1), next(db, 1)].flat()).toEqual([
      '1a',
      '2a',
      '1b',
      '2b',
      '1c',
    ]);
  });

  it('is the same whether runs are claimed one by one or at once', () => {
    const [one, many] = [board(), board()];
    const runs = Array.from({ length: 24 }, (_, n) =>
      agent(`run ${n}`, {
        zoneId: `zone-${(n % 5 === 0) + 1}`,
        agentType: `agent-${n % 3}`,
        priority: n % 4 === 3 ? 1 : 0,
      }),
    );
    for (const db of [one, many]) db.enqueueRuns(runs);
    const singly = Array.from({ length: 24 }, () => claim(one).run.prompt);
    expect(next(many, 24)).toEqual(singly);
    expect(new Set(singly).size).toBe(24);
  });

  it('has the higher priority before the zone in which the fewest run', () => {
    const db = board();
    running(db, { zoneId: 'zone-1' });
    queued(db, { prompt: 'idle zone', zoneId: 'zone-2' });
    queued(db, { prompt: 'busy zone', zoneId: 'zone-1', priority: 1 });
    expect(next(db, 2)).toEqual(['busy zone', 'idle zone']);
  });

  it('counts what runs in a zone by any worker and agent, and no longer what has ended', () => {
    const db = board();
    const held = running(db, { zoneId: 'zone-1', agentType: 'qa' }, { workerId: 'worker-2' });
    queued(db, { prompt: '1', zoneId: 'zone-1' });
    queued(db, { prompt: '2', zoneId: 'zone-2' });
    queued(db, { prompt: '2 again', zoneId: 'zone-2' });
    expect(next(db, 1)).toEqual(['2']);
    db.finishRun(held.run.id, held.token, { status: 'succeeded' });
    expect(next(db, 1)).toEqual(['1']);
  });

  it('leaves out what is not available yet, and has it in its place from then on', () => {
    const db = board();
    queued(db, { prompt: 'later', availableAt: new Date(NOW + 5000) });
    vi.advanceTimersByTime(1);
    queued(db, { prompt: 'now' });
    queued(db, { prompt: 'now, too' });
    expect(next(db, 1)).toEqual(['now']);
    vi.setSystemTime(NOW + 4999);
    expect(next(db, 1)).toEqual(['now, too']);
    expect(claim(db)).toBeNull();
    queued(db, { prompt: 'last' });
    vi.setSystemTime(NOW + 5000);
    expect(next(db, 9)).toEqual(['later', 'last']);
  });

  it('does not stop where the clock is set back by an hour', () => {
    const db = board();
    queued(db, { prompt: 'a' });
    queued(db, { prompt: 'b', availableAt: new Date(NOW - 1000) });
    vi.setSystemTime(NOW - 3_600_000);
    queued(db, { prompt: 'c' });
    expect(next(db, 9)).toEqual(['a', 'b', 'c']);
  });
});

describe('zoneIds and agentTypes', () => {
  function mixed() {
    const db = board();
    for (const zoneId of ['zone-1', 'zone-2'])
      for (const agentType of ['frontend', 'backend', 'qa'])
        queued(db, { zoneId, agentType, prompt: `${zoneId} ${agentType}` });
    return db;
  }

  it.each([
    [{ zoneIds: ['zone-2'] }, ['zone-2 frontend', 'zone-2 backend', 'zone-2 qa']],
    [{ agentTypes: ['qa'] }, ['zone-1 qa', 'zone-2 qa']],
    [{ zoneIds: ['zone-1'], agentTypes: ['qa', 'backend'] }, ['zone-1 backend', 'zone-1 qa']],
    [{ zoneIds: ['nowhere'] }, []],
    [{ zoneIds: [] }, []],
    [{ agentTypes: [] }, []],
  ])('%o claims only those', (options, prompts) => {
    expect(next(mixed(), 9, options)).toEqual(prompts);
  });

  it('of null or undefined are all', () => {
    expect(next(mixed(), 9, { zoneIds: null, agentTypes: undefined })).toHaveLength(6);
  });

  it('are at most 10,000', () => {
    const db = mixed();
    expect(
      db.claimRuns({ workerId: 'worker', zoneIds: Array(10_000).fill('nowhere'), agentTypes: Array(10_000).fill('x') }),
    ).toEqual([]);
    for (const field of ['zoneIds', 'agentTypes']) {
      expect(() => db.claimRuns({ workerId: 'worker', [field]: Array(200_000).fill('nowhere') })).toThrow(
        expect.objectContaining({ name: 'RangeError', code: 'ERR_OUT_OF_RANGE', method: 'claimRuns', field }),
      );
    }
  });

  it('leave the others in the queue', () => {
    const db = mixed();
    next(db, 9, { agentTypes: ['qa'] });
    expect(next(db, 9)).toEqual(['zone-1 frontend', 'zone-2 frontend', 'zone-1 backend', 'zone-2 backend']);
  });
});

describe('claimRuns(options)', () => {
  it('claims at most `limit`, one by default', () => {
    const db = board();
    db.enqueueRuns(Array.from({ length: 10 }, () => wanted()));
    expect(db.claimRuns({ workerId: 'w' })).toHaveLength(1);
    expect(db.claimRuns({ workerId: 'w', limit: 4 })).toHaveLength(4);
    expect(db.claimRuns({ workerId: 'w', limit: 1000 })).toHaveLength(5);
  });

  it('gives each run once in one call, however short the lease', () => {
    const db = board();
    const runs = db.enqueueRuns(Array.from({ length: 1000 }, () => wanted({ maxAttempts: 5 })));
    const claimed = db.claimRuns({ workerId: 'w', limit: 1000, leaseMs: 1 });
    expect(idsOf(claimed.map(({ run }) => run)).toSorted()).toEqual(idsOf(runs).toSorted());
  });

  it.each([0, -1, 1.5, 1001, NaN, Infinity])('refuses a limit of %o', (limit) => {
    const db = board();
    queued(db);
    const before = everything(db);
    expect(refusal(() => db.claimRuns({ workerId: 'w', limit }))).toMatchObject({
      name: 'RangeError',
      code: 'ERR_OUT_OF_RANGE',
      method: 'claimRuns',
      field: 'limit',
      value: limit,
    });
    expect(everything(db)).toEqual(before);
  });
});

describe('startRun(run, options)', () => {
  it('enqueues a run and claims it, whoever is before it in the queue', () => {
    const db = board();
    queued(db, { priority: 9 });
    const { run, token } = db.startRun(wanted({ prompt: 'Mine', priority: -9 }), { workerId: 'me', leaseMs: 5000 });
    expect(run).toMatchObject({
      prompt: 'Mine',
      status: 'running',
      attempt: 1,
      workerId: 'me',
      createdAt: at(0),
      startedAt: at(0),
      leaseExpiresAt: at(5000),
    });
    expect(db.heartbeatRun(run.id, token).cancelRequested).toBe(false);
    expect(db.getRun(run.id)).toMatchObject({ id: run.id, status: 'running' });
    expect(db.listRuns({ status: 'queued' }).items).toHaveLength(1);
  });

  it('checks the run as enqueueRun does, and enqueues nothing then', () => {
    const db = board();
    const before = everything(db);
    for (const [given, told] of [
      [{ prompt: null }, { name: 'TypeError', field: 'prompt' }],
      [{ zoneId: 'nowhere' }, { code: 'ERR_NOT_FOUND', field: 'zoneId' }],
      [{ unheardOf: 1 }, { code: 'ERR_UNKNOWN_KEY', field: 'unheardOf' }],
    ])
      expect(refusal(() => running(db, given))).toMatchObject({ method: 'startRun', ...told });
    expect(everything(db)).toEqual(before);
  });
});
