// `enqueueRun`, `enqueueRuns`: wanting a run.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { thrown } from './support/failure.mjs';
import {
  board,
  claim,
  ended,
  everything,
  idsOf,
  promptsOf,
  queued,
  refusal,
  running,
  wanted,
  ranOut,
} from './support/runs.mjs';
import { without } from './support/samples.mjs';

const NOW = '2026-05-06T07:08:09.010Z';
const LATER = '2026-05-06T08:00:00.000Z';
beforeEach(() => vi.useFakeTimers({ now: new Date(NOW), toFake: ['Date'] }));
afterEach(() => vi.useRealTimers());

const UNKNOWN_USAGE = {
  inputTokens: null,
  cachedInputTokens: null,
  outputTokens: null,
  reasoningTokens: null,
  costMicros: null,
  models: [],
};

/** A run that nobody has touched, with every key in its place. */
const untouched = (given) => ({
  zoneId: 'zone-1',
  worktreeId: 'wt-1',
  agentType: 'frontend',
  prompt: 'Build it',
  status: 'queued',
  priority: 0,
  attempt: 0,
  maxAttempts: 1,
  timeoutMs: null,
  idempotencyKey: null,
  parentRunId: null,
  retryOf: null,
  workerId: null,
  createdAt: NOW,
  availableAt: NOW,
  startedAt: null,
  finishedAt: null,
  durationMs: null,
  leaseExpiresAt: null,
  cancelRequestedAt: null,
  question: null,
  answer: null,
  exitCode: null,
  error: null,
  result: null,
  commitBefore: null,
  commitAfter: null,
  filesChanged: null,
  insertions: null,
  deletions: null,
  usage: UNKNOWN_USAGE,
  bodiesPrunedAt: null,
  by: null,
  metadata: null,
  ...given,
});

describe('enqueueRun(run)', () => {
  it('returns the Run: a plain object, every key, in this order', () => {
    const run = queued(board());
    expect(run).toStrictEqual({ id: expect.any(String), ...untouched() });
    expect(Object.keys(run)).toEqual(['id', ...Object.keys(untouched())]);
    expect(Object.keys(run.usage)).toEqual(Object.keys(UNKNOWN_USAGE));
    expect(Object.getPrototypeOf(run)).toBe(Object.prototype);
    expect(Object.getPrototypeOf(run.usage)).toBe(Object.prototype);
  });

  it('stores every field that is given', () => {
    const db = board();
    const parent = queued(db);
    const given = {
      zoneId: 'zone-2',
      worktreeId: 'wt-2',
      agentType: 'qa',
      prompt: 'Test it',
      priority: -3,
      maxAttempts: 4,
      timeoutMs: 90_000,
      idempotencyKey: 'issue-7',
      parentRunId: parent.id,
      availableAt: LATER,
      metadata: { issue: 7, labels: ['bug'], nested: { at: null } },
    };
    const run = db.enqueueRun(given);
    expect(run).toStrictEqual({ id: run.id, ...untouched(given) });
    expect(db.getRun(run.id)).toStrictEqual(run);
  });

  it.each([
    ['null', null],
    ['undefined', undefined],
  ])('takes %s as the default of what has one', (_, nothing) => {
    const fields = ['priority', 'maxAttempts', 'timeoutMs', 'idempotencyKey', 'parentRunId', 'availableAt', 'metadata'];
    const given = Object.fromEntries(fields.map((field) => [field, nothing]));
    expect(queued(board(), given)).toMatchObject(untouched());
  });

  it.each([
    ['ISO text', LATER],
    ['ISO text of another time zone', '2026-05-06T10:00:00+02:00'],
    ['a Date', new Date(LATER)],
  ])('takes availableAt as %s', (_, availableAt) => {
    expect(queued(board(), { availableAt }).availableAt).toBe(LATER);
  });

  it('gives each run an id of its own, however many come in one millisecond', () => {
    const db = board();
    const ids = db.transaction(() => Array.from({ length: 2000 }, () => queued(db).id));
    expect(new Set(ids).size).toBe(2000);
    expect(ids.every((id) => typeof id === 'string' && id !== '')).toBe(true);
  });

  it('makes no execution: what was not begun is not in the history', () => {
    const db = board();
    const { id } = queued(db);
    expect(db.getExecution(id)).toBeNull();
    expect(db.getStats().executions).toBe(0);
    expect(db.getExecutionStats().total).toBe(0);
  });

  it('stores text to the letter, lone surrogates as U+FFFD', () => {
    const db = board();
    for (const prompt of ['', 'a\0b', '\u{1F600} ü', ' x\r\n']) expect(queued(db, { prompt }).prompt).toBe(prompt);
    expect(queued(db, { prompt: 'a\ud800b' }).prompt).toBe('a\ufffdb');
  });

  it('stores metadata as JSON does, up to 64 KiB', () => {
    const db = board();
    const metadata = { at: new Date(LATER), left: undefined, ['__proto__']: 1 };
    expect(queued(db, { metadata }).metadata).toEqual(JSON.parse(JSON.stringify(metadata)));
    const full = { text: 'x'.repeat(65_536 - '{"text":""}'.length) };
    expect(queued(db, { metadata: full }).metadata).toEqual(full);
    expect(refusal(() => queued(db, { metadata: { text: `${full.text}x` } }))).toMatchObject({
      name: 'RangeError',
      method: 'enqueueRun',
      field: 'metadata',
    });
  });

  it('does not look at the object any more once it has returned', () => {
    const db = board();
    const given = wanted({ metadata: { n: 1 } });
    const run = db.enqueueRun(given);
    given.metadata.n = 2;
    run.metadata.n = 3;
    run.usage.models.push('mine');
    expect(db.getRun(run.id)).toMatchObject({ metadata: { n: 1 }, usage: { models: [] } });
  });

  it.each(['zoneId', 'worktreeId', 'agentType', 'prompt'])('needs %s', (field) => {
    const db = board();
    const before = everything(db);
    for (const given of [without(wanted(), field), wanted({ [field]: null })])
      expect(refusal(() => db.enqueueRun(given))).toMatchObject({ name: 'TypeError', method: 'enqueueRun', field });
    expect(everything(db)).toEqual(before);
  });

  it.each([
    ['zoneId', 'Zone not found: nowhere'],
    ['worktreeId', 'Worktree not found: nowhere'],
    ['parentRunId', 'Run not found: nowhere'],
  ])('refuses a %s that there is none of', (field, message) => {
    const db = board();
    const before = everything(db);
    const error = thrown(() => queued(db, { [field]: 'nowhere' }));
    expect(error).toMatchObject({ code: 'ERR_NOT_FOUND', method: 'enqueueRun', field, value: 'nowhere', message });
    expect(everything(db)).toEqual(before);
  });

  it.each(['id', 'status', 'createdAt', 'zone', 'promt'])('refuses the key %s, also without `strict`', (key) => {
    const db = board();
    const before = everything(db);
    expect(refusal(() => queued(db, { [key]: 'x' }))).toMatchObject({
      name: 'TypeError',
      code: 'ERR_UNKNOWN_KEY',
      method: 'enqueueRun',
      field: key,
    });
    expect(everything(db)).toEqual(before);
  });

  it('names the key that may have been meant', () => {
    expect(thrown(() => queued(board(), { promt: 'x' })).message).toContain("the nearest known is 'prompt'");
    expect(thrown(() => queued(board(), { zone: 'x' })).message).toContain("the nearest known is 'zoneId'");
  });
});

describe('an idempotencyKey', () => {
  const KEY = { idempotencyKey: 'issue-7' };

  it('that a run has which has not ended gives that run, as it is, and makes nothing', () => {
    const db = board();
    const run = queued(db, KEY);
    const before = everything(db);
    expect(queued(db, { ...KEY, prompt: 'Otherwise', zoneId: 'zone-2' })).toEqual(run);
    expect(everything(db)).toEqual(before);
  });

  it('is known while the run is worked on, and while it waits for a person', () => {
    const db = board();
    queued(db, KEY);
    const { run, token } = claim(db);
    expect(queued(db, KEY)).toMatchObject({ id: run.id, status: 'running' });
    db.waitRun(run.id, token, { question: 'May I?' });
    expect(queued(db, KEY)).toMatchObject({ id: run.id, status: 'waiting', question: 'May I?' });
  });

  it('makes a new run once that one has ended', () => {
    const db = board();
    const first = ended(db, KEY);
    const second = queued(db, KEY);
    expect(second.id).not.toBe(first.id);
    expect(second.status).toBe('queued');
    db.cancelRun(second.id);
    expect(queued(db, KEY).id).not.toBe(second.id);
  });

  it('is one run, however many in one call have it', () => {
    const db = board();
    const [first, other, again] = db.enqueueRuns([wanted(KEY), wanted(), wanted({ ...KEY, prompt: 'Again' })]);
    expect(again).toEqual(first);
    expect(other.id).not.toBe(first.id);
    expect(db.listRuns().items).toHaveLength(2);
  });

  it('of a run that is claimed elsewhere is no way to start it', () => {
    const db = board();
    const { run } = running(db, KEY);
    const before = everything(db);
    expect(refusal(() => running(db, KEY))).toMatchObject({
      code: 'ERR_CONFLICT',
      method: 'startRun',
      field: 'idempotencyKey',
    });
    expect(everything(db)).toEqual(before);
    expect(db.getRun(run.id).status).toBe('running');
  });

  it('of a queued run starts that one', () => {
    const db = board();
    const { id } = queued(db, { ...KEY, prompt: 'First' });
    queued(db, { prompt: 'Other', priority: 9 });
    expect(running(db, { ...KEY, prompt: 'Second' }).run).toMatchObject({ id, prompt: 'First', status: 'running' });
  });

  it('of a run that ran out of its lease, with an attempt left, starts that one again', async () => {
    const db = board();
    const { run } = await ranOut(db, { ...KEY, maxAttempts: 2 });
    expect(running(db, KEY).run).toMatchObject({ id: run.id, status: 'running', attempt: 2 });
  });
});

describe('enqueueRuns(runs)', () => {
  it('returns them in the order in which they were given, which is that of the queue', () => {
    const db = board();
    const prompts = Array.from({ length: 700 }, (_, n) => `prompt ${n}`);
    const runs = db.enqueueRuns(prompts.map((prompt) => wanted({ prompt })));
    expect(promptsOf(runs)).toEqual(prompts);
    expect(runs[0]).toStrictEqual({ id: runs[0].id, ...untouched({ prompt: 'prompt 0' }) });
    expect(idsOf(db.claimRuns({ workerId: 'w', limit: 700 }).map(({ run }) => run))).toEqual(idsOf(runs));
  });

  it('of none makes none', () => {
    expect(board().enqueueRuns([])).toEqual([]);
  });

  it.each([
    [{ prompt: null }, 'TypeError', 'prompt'],
    [{ worktreeId: 'nowhere' }, 'Error', 'worktreeId'],
    [{ maxAttempts: 0 }, 'RangeError', 'maxAttempts'],
    [{ unheardOf: 1 }, 'TypeError', 'unheardOf'],
  ])('is all or nothing: with %o the third is refused, and named', (given, name, field) => {
    const db = board();
    const before = everything(db);
    const runs = [wanted(), wanted(), wanted(given), wanted()];
    const error = thrown(() => db.enqueueRuns(runs));
    expect(error).toMatchObject({ name, method: 'enqueueRuns', field: expect.stringContaining(field), index: 2 });
    expect(everything(db)).toEqual(before);
  });

  it.each([undefined, null, 5, 'x', {}, wanted()])('takes a list: %o is a TypeError', (given) => {
    expect(refusal(() => board().enqueueRuns(given))).toMatchObject({ name: 'TypeError', method: 'enqueueRuns' });
  });
});
