// `recordUsage`: what a run used and cost, as the OpenTelemetry conventions for generative AI count it.
import { describe, expect, it } from 'vitest';
import { sql } from './support/sql.mjs';
import { board, claim, ended, everything, pause, queued, refusal, running, waiting, wanted } from './support/runs.mjs';

const UNKNOWN = {
  inputTokens: null,
  cachedInputTokens: null,
  outputTokens: null,
  reasoningTokens: null,
  costMicros: null,
};
const EVENT = {
  model: 'large',
  provider: 'anyone',
  inputTokens: 1200,
  cachedInputTokens: 1000,
  outputTokens: 80,
  reasoningTokens: 30,
  costMicros: 4500,
};
const amountsOf = ({ inputTokens, cachedInputTokens, outputTokens, reasoningTokens, costMicros }) => ({
  inputTokens,
  cachedInputTokens,
  outputTokens,
  reasoningTokens,
  costMicros,
});
const MOST = Number.MAX_SAFE_INTEGER;

describe('recordUsage(id, usage)', () => {
  it('returns what the run has used, of all models and of each', () => {
    const db = board();
    const { run } = running(db);
    const usage = db.recordUsage(run.id, EVENT);
    expect(usage).toStrictEqual({
      ...amountsOf(EVENT),
      models: [{ model: 'large', provider: 'anyone', ...amountsOf(EVENT), costSource: 'reported' }],
    });
    expect(db.getRun(run.id).usage).toStrictEqual(usage);
  });

  it('adds up, by model in the order of their names', () => {
    const db = board();
    const { run } = running(db);
    db.recordUsage(run.id, { ...EVENT, model: 'small', costMicros: 7 });
    db.recordUsage(run.id, EVENT);
    const usage = db.recordUsage(run.id, EVENT);
    expect(usage).toMatchObject({
      inputTokens: 3600,
      cachedInputTokens: 3000,
      outputTokens: 240,
      reasoningTokens: 90,
      costMicros: 9007,
    });
    expect(usage.models.map(({ model, inputTokens, costMicros }) => [model, inputTokens, costMicros])).toEqual([
      ['large', 2400, 9000],
      ['small', 1200, 7],
    ]);
  });

  it('keeps what nobody said as null, which is not 0', () => {
    const db = board();
    const { run } = running(db);
    expect(db.recordUsage(run.id, { model: 'large' })).toStrictEqual({
      ...UNKNOWN,
      models: [{ model: 'large', provider: null, ...UNKNOWN, costSource: null }],
    });
    expect(db.recordUsage(run.id, { model: 'large', inputTokens: 0, outputTokens: null })).toMatchObject({
      ...UNKNOWN,
      inputTokens: 0,
    });
    expect(db.recordUsage(run.id, { model: 'small', outputTokens: 5 })).toMatchObject({
      ...UNKNOWN,
      inputTokens: 0,
      outputTokens: 5,
    });
  });

  it('says whether a cost was computed, as soon as a part of it was', () => {
    const db = board();
    const { run } = running(db);
    const source = (costSource) =>
      db.recordUsage(run.id, { model: 'large', costMicros: 1, costSource }).models[0].costSource;
    expect([source('reported'), source(null), source('computed'), source('reported')]).toEqual([
      'reported',
      'reported',
      'computed',
      'computed',
    ]);
  });

  it('counts an event once, however often it is told', () => {
    const db = board();
    const { run } = running(db);
    const usage = db.recordUsage(run.id, { ...EVENT, eventId: 'msg-1' });
    const before = everything(db);
    expect(db.recordUsage(run.id, { ...EVENT, eventId: 'msg-1' })).toStrictEqual(usage);
    expect(db.recordUsage(run.id, { model: 'small', costMicros: 1, eventId: 'msg-1' })).toStrictEqual(usage);
    expect(everything(db)).toEqual(before);
    expect(db.recordUsage(run.id, { ...EVENT, eventId: 'msg-2' }).inputTokens).toBe(2400);
  });

  it('knows events by run: another run’s of the same id is another', () => {
    const db = board();
    for (const { run } of [running(db), running(db)])
      expect(db.recordUsage(run.id, { ...EVENT, eventId: 'msg-1' }).inputTokens).toBe(1200);
  });

  it('needs no token, in whatever state the run is, also after its end', () => {
    const db = board();
    for (const { id } of [queued(db), running(db).run, waiting(db), ended(db), db.cancelRun(queued(db).id)]) {
      db.recordUsage(id, EVENT);
      expect(db.recordUsage(id, EVENT)).toMatchObject({ inputTokens: 2400, costMicros: 9000 });
      expect(db.getRun(id).usage).toMatchObject({ inputTokens: 2400, costMicros: 9000, models: [{ model: 'large' }] });
    }
  });

  it('changes nothing else of the run', () => {
    const db = board();
    for (const run of [queued(db), running(db).run, waiting(db), ended(db)]) {
      const before = db.getRun(run.id);
      const usage = db.recordUsage(run.id, EVENT);
      expect(db.getRun(run.id)).toStrictEqual({ ...before, usage, durationMs: db.getRun(run.id).durationMs });
    }
  });

  it('is of all attempts together', async () => {
    const db = board();
    const { run } = running(db, { maxAttempts: 2 }, { leaseMs: 1 });
    db.recordUsage(run.id, EVENT);
    await pause(10);
    const { token } = claim(db);
    db.recordUsage(run.id, EVENT);
    expect(db.finishRun(run.id, token, { status: 'succeeded' }).usage).toMatchObject({
      inputTokens: 2400,
      models: [{ model: 'large', inputTokens: 2400 }],
    });
  });

  it('takes names to the letter, also such as objects have of themselves', () => {
    const db = board();
    const { run } = running(db);
    for (const model of ['__proto__', 'constructor', 'a\0b', 'ü\u{1F600}']) db.recordUsage(run.id, { ...EVENT, model });
    const models = db.getRun(run.id).usage.models.map(({ model }) => model);
    expect(models.toSorted()).toEqual(['__proto__', 'a\0b', 'constructor', 'ü\u{1F600}'].toSorted());
  });

  it('is taken of what is recorded as an execution, too: a run that began and ended at once', () => {
    const db = board();
    const first = { id: db.recordExecution({ ...wanted(), success: true }) };
    const second = { id: db.recordExecution({ ...wanted(), success: false }) };
    const [before, list] = [db.getRun(first.id), db.listRuns().items];
    db.setBudget({ agentType: 'frontend', period: 'total' }, 10_000);
    const usage = db.recordUsage(first.id, { ...EVENT, eventId: 'turn 1' });
    expect(db.recordUsage(first.id, { ...EVENT, eventId: 'turn 1' })).toStrictEqual(usage);
    expect(usage.costMicros).toBe(4500);
    expect(db.getRun(first.id)).toStrictEqual({ ...before, usage });
    expect(db.getRun(second.id).usage).toStrictEqual({ ...UNKNOWN, models: [] });
    expect(db.getBudgets()).toMatchObject([{ spentMicros: 4500 }]);
    // It is in the list once, where it was, and no run that anybody could claim, change or finish.
    expect(db.listRuns().items).toStrictEqual(list.map((run) => (run.id === first.id ? { ...run, usage } : run)));
    expect(claim(db)).toBeNull();
    expect(refusal(() => db.cancelRun(first.id)).code).toBe(refusal(() => db.cancelRun(second.id)).code);
    expect(db.getExecutionStats({ zoneId: 'zone-1' }).total).toBe(2);
    sql(db).prepare('DELETE FROM zone_executions WHERE id = ?').run(first.id);
    expect(db.getRun(first.id)).toBeNull();
    expect(db.listRuns().items.map(({ id }) => id)).toEqual([second.id]);
    expect(db.getBudgets()).toMatchObject([{ spentMicros: 4500 }]);
  });

  it('of an execution before there is any run takes nothing from the first run', () => {
    const db = board();
    const recorded = db.recordExecution({ ...wanted(), success: true });
    db.recordUsage(recorded, EVENT);
    const { run } = running(db);
    expect(db.getRun(run.id).status).toBe('running');
    expect(db.listRuns({ orderBy: 'oldest' }).items.map(({ id, status }) => [id, status])).toStrictEqual([
      [recorded, 'succeeded'],
      [run.id, 'running'],
    ]);
  });

  it('of a run that there is none of is ERR_NOT_FOUND', () => {
    expect(refusal(() => board().recordUsage('nowhere', EVENT))).toMatchObject({
      code: 'ERR_NOT_FOUND',
      method: 'recordUsage',
      field: 'id',
      value: 'nowhere',
    });
  });
});

describe('an amount', () => {
  it.each(Object.keys(UNKNOWN))('of %s is a whole number up to 2^53', (field) => {
    const db = board();
    const { run } = running(db);
    // There is nothing from a cache beyond the input.
    const base = field === 'cachedInputTokens' ? { inputTokens: MOST } : {};
    const before = everything(db);
    for (const amount of [-1, 0.5, NaN, Infinity, MOST + 1, 1e300])
      expect(refusal(() => db.recordUsage(run.id, { model: 'm', ...base, [field]: amount }))).toMatchObject({
        name: 'RangeError',
        code: 'ERR_OUT_OF_RANGE',
        method: 'recordUsage',
        field,
      });
    for (const amount of ['5', true, {}, []])
      expect(refusal(() => db.recordUsage(run.id, { model: 'm', ...base, [field]: amount }))).toMatchObject({
        name: 'TypeError',
        method: 'recordUsage',
        field,
      });
    expect(everything(db)).toEqual(before);
    expect(db.recordUsage(run.id, { model: 'm', ...base, [field]: MOST })[field]).toBe(MOST);
  });

  it('whose sum would be beyond 2^53 is refused, and counts nothing', () => {
    const db = board();
    const { run } = running(db);
    db.recordUsage(run.id, { model: 'a', costMicros: MOST });
    const before = everything(db);
    expect(refusal(() => db.recordUsage(run.id, { model: 'b', outputTokens: 5, costMicros: 1 }))).toMatchObject({
      name: 'RangeError',
      method: 'recordUsage',
      field: 'costMicros',
      value: 1,
    });
    expect(everything(db)).toEqual(before);
  });

  it('of cached input is a part of the input: a caller that counts them apart is told so', () => {
    const db = board();
    const { run } = running(db);
    expect(
      refusal(() => db.recordUsage(run.id, { model: 'm', inputTokens: 200, cachedInputTokens: 1000 })),
    ).toMatchObject({ name: 'RangeError', method: 'recordUsage', field: 'cachedInputTokens' });
    expect(db.recordUsage(run.id, { model: 'm', cachedInputTokens: 1000 }).cachedInputTokens).toBe(1000);
  });
});

describe('usage', () => {
  it.each([
    [undefined, 'usage'],
    [null, 'usage'],
    ['large', 'usage'],
    [{}, 'model'],
    [{ model: null }, 'model'],
    [{ model: '' }, 'model'],
    [{ model: 7 }, 'model'],
    [{ model: 'm', provider: {} }, 'provider'],
    [{ model: 'm', eventId: '' }, 'eventId'],
    [{ model: 'm', eventId: 7 }, 'eventId'],
    [{ model: 'm', costSource: 'guessed' }, 'costSource'],
    [{ model: 'm', inputToken: 5 }, 'inputToken'],
  ])('of %o is a TypeError', (usage, field) => {
    const db = board();
    const { run } = running(db);
    const before = everything(db);
    expect(refusal(() => db.recordUsage(run.id, usage))).toMatchObject({
      name: 'TypeError',
      method: 'recordUsage',
      field,
    });
    expect(everything(db)).toEqual(before);
  });
});
