import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { failure, thrown } from './support/failure.mjs';
import { rows } from './support/rows.mjs';
import { execution, furnish, without, worktree, zone } from './support/samples.mjs';
import { open } from './support/temporary.mjs';

const NOW = new Date('2026-05-06T07:08:09.010Z');
beforeEach(() => vi.useFakeTimers({ now: NOW, toFake: ['Date'] }));
afterEach(() => vi.useRealTimers());

/** Zones and worktrees, no runs. */
function canvas() {
  const db = open();
  for (const n of [1, 2]) db.createZone(zone(n));
  for (const n of [1, 2]) db.createWorktree(worktree(n));
  return db;
}

/** Records `count` runs, numbered in their prompts, `apart` milliseconds from each other. */
function record(db, count, { apart = 0, ...given } = {}) {
  return Array.from({ length: count }, (_, n) => {
    vi.advanceTimersByTime(apart);
    return db.recordExecution(execution({ prompt: String(n), ...given }));
  });
}

const prompts = (executions) => executions.map(({ prompt }) => Number(prompt));
const countdown = (from, to = 0) => Array.from({ length: from - to + 1 }, (_, n) => from - n);

describe('recordExecution(e)', () => {
  it('the new id, exec-<milliseconds>-<base 36>', () => {
    const id = canvas().recordExecution(execution());
    expect(id).toMatch(/^exec-\d+-[0-9a-z]+$/);
    expect(id.split('-')[1]).toBe(String(NOW.getTime()));
  });

  it('the Execution: a plain object, every key, in this order', () => {
    const db = canvas();
    const id = db.recordExecution(execution({ result: { output: 'ok', files: ['a.js'] }, success: true }));
    const stored = db.getExecution(id);
    expect(JSON.stringify(stored)).toBe(
      `{"id":"${id}","zoneId":"zone-1","worktreeId":"wt-1","agentType":"frontend","prompt":"Implement it",` +
        '"result":{"output":"ok","files":["a.js"]},"success":true,"executedAt":"2026-05-06T07:08:09.010Z"}',
    );
    expect(Object.getPrototypeOf(stored)).toBe(Object.prototype);
  });

  it.each([
    [true, true],
    [1, true],
    ['false', true],
    [{}, true],
    [false, false],
    [0, false],
    ['', false],
    [null, false],
    [NaN, false],
    [undefined, false],
  ])('success by truthiness: %o is %o', (success, stored) => {
    const db = canvas();
    expect(db.getExecution(db.recordExecution(execution({ success }))).success).toBe(stored);
  });

  it('missing success is false', () => {
    const db = canvas();
    expect(db.getExecution(db.recordExecution(execution())).success).toBe(false);
  });

  it('missing result reads back as {}, null as null', () => {
    const db = canvas();
    const read = (given) => db.getExecution(db.recordExecution(execution(given))).result;
    expect(read({})).toStrictEqual({});
    expect(read({ result: undefined })).toStrictEqual({});
    expect(read({ result: null })).toBeNull();
  });

  it('ids never collide, however many in one millisecond', () => {
    const db = canvas();
    const recorded = db.transaction(() => record(db, 5000));
    expect(new Set(recorded).size).toBe(5000);
    expect(db.getStats().executions).toBe(5000);
  });

  it('id, executedAt and other keys given are ignored', () => {
    const db = canvas();
    const id = db.recordExecution(execution({ id: 'mine', executedAt: 'then', status: 1 }));
    expect(id).not.toBe('mine');
    expect(db.getExecution(id).executedAt).toBe(NOW.toISOString());
  });

  it.each([
    ['agentType', 'agent_type'],
    ['prompt', 'prompt'],
  ])('missing %s keeps the NOT NULL error', (field, column) => {
    const db = furnish(open());
    const before = rows(db);
    for (const given of [without(execution(), field), execution({ [field]: null })])
      expect(failure(() => db.recordExecution(given))).toEqual({
        name: 'SqliteError',
        code: 'SQLITE_CONSTRAINT_NOTNULL',
        message: `NOT NULL constraint failed: zone_executions.${column}`,
      });
    expect(rows(db)).toEqual(before);
  });

  it.each(['zoneId', 'worktreeId'])(
    'missing %s is a TypeError that names it, an unknown one a FOREIGN KEY error',
    (field) => {
      const db = furnish(open());
      const before = rows(db);
      for (const given of [without(execution(), field), execution({ [field]: null })]) {
        const error = thrown(() => db.recordExecution(given));
        expect(error).toBeInstanceOf(TypeError);
        expect(error.message).toContain(field);
      }
      expect(failure(() => db.recordExecution(execution({ [field]: 'nowhere' })))).toEqual({
        name: 'SqliteError',
        code: 'SQLITE_CONSTRAINT_FOREIGNKEY',
        message: 'FOREIGN KEY constraint failed',
      });
      expect(rows(db)).toEqual(before);
    },
  );
});

describe('getExecution(id)', () => {
  it('what recordExecution returned can be read back, as the histories show it', () => {
    const db = canvas();
    const id = db.recordExecution(execution({ result: [1] }));
    expect(db.getExecution(id)).toStrictEqual(db.getExecutionHistory('zone-1')[0]);
    expect(db.getExecution(id)).toStrictEqual(db.getWorktreeExecutions('wt-1')[0]);
  });

  it.each(['nowhere', '', undefined, null])('%o finds nothing: null', (id) =>
    expect(furnish(open()).getExecution(id)).toBeNull(),
  );
});

describe.each([
  ['getExecutionHistory', 'zone-1', { zoneId: 'zone-2' }],
  ['getWorktreeExecutions', 'wt-1', { worktreeId: 'wt-2' }],
])('%s(id, limit = 100)', (method, id, elsewhere) => {
  it('newest first', () => {
    const db = canvas();
    record(db, 5, { apart: 7 });
    record(db, 2, { apart: 7, ...elsewhere });
    expect(prompts(db[method](id))).toEqual([4, 3, 2, 1, 0]);
    expect(db[method](id)[0].executedAt > db[method](id)[4].executedAt).toBe(true);
  });

  it('of two in one millisecond the later recorded first', () => {
    const db = canvas();
    record(db, 50);
    expect(prompts(db[method](id))).toEqual(countdown(49));
    expect(prompts(db[method](id, 3))).toEqual([49, 48, 47]);
  });

  it('a clock that was set back: newest by its time', () => {
    const db = canvas();
    record(db, 1);
    vi.setSystemTime(NOW.getTime() - 1000);
    record(db, 1, { prompt: '7' });
    expect(prompts(db[method](id))).toEqual([0, 7]);
  });

  it('100 unless a limit is given; -1 is all, 0 none', () => {
    const db = canvas();
    db.transaction(() => record(db, 120));
    expect(prompts(db[method](id))).toEqual(countdown(119, 20));
    expect(prompts(db[method](id, undefined))).toEqual(countdown(119, 20));
    expect(prompts(db[method](id, 101))).toEqual(countdown(119, 19));
    expect(prompts(db[method](id, 1))).toEqual([119]);
    expect(prompts(db[method](id, -1))).toEqual(countdown(119));
    expect(prompts(db[method](id, 1e9))).toEqual(countdown(119));
    expect(db[method](id, 0)).toStrictEqual([]);
  });

  it('a numeric string counts as its number', () => {
    const db = canvas();
    record(db, 3);
    expect(prompts(db[method](id, '2'))).toEqual([2, 1]);
    expect(prompts(db[method](id, '-1'))).toEqual([2, 1, 0]);
    expect(db[method](id, '0')).toEqual([]);
  });

  it('other negative integers are as -1', () => {
    const db = canvas();
    record(db, 3);
    expect(prompts(db[method](id, -7))).toEqual([2, 1, 0]);
  });

  it.each([null, NaN, 1.5, -0.5, '1.5', 'abc', '', Infinity, -Infinity])('a limit of %o is a RangeError', (limit) => {
    const error = thrown(() => furnish(open())[method](id, limit));
    expect(error).toBeInstanceOf(RangeError);
    expect(error.message).toContain('limit');
    expect(error.message).toContain(String(limit));
  });

  it.each(['nowhere', '', undefined, null])('%o finds nothing: an empty array', (unknown) =>
    expect(furnish(open())[method](unknown)).toStrictEqual([]),
  );
});
