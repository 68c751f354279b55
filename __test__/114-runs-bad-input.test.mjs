// A table of wrong values for every argument of the calls of runs: an error that names it, and nothing changed.
import { describe, expect, it } from 'vitest';
import { crosses } from './support/async/crossing.mjs';
import { thrown } from './support/failure.mjs';
import { board, ended, everything, queued, running, waiting, wanted } from './support/runs.mjs';
import * as wrong from './support/wrong_values.mjs';
import { inFiles } from './support/temporary.mjs';

const IDS = [...wrong.BOOLEANS, ...wrong.NO_NUMBERS, ...wrong.OBJECTS, ['a number', 7, /7/], ['a BigInt', 7n, /7/]];
const NO_ID = [...IDS, ['undefined', undefined, /undefined/], ['null', null, /null/], ['empty text', '', /""|empty/]];
const NO_INTEGER = [
  ...wrong.NO_COORDINATE,
  ['a fraction', 0.5, /0\.5/],
  ['1e300', 1e300, /1e\+?300/],
  ['text of a number', '5', /5/],
  ['a huge BigInt', 2n ** 70n, /BigInt|bits|1180591620717411303424/i],
];
const NO_TIME = [...wrong.NO_TEXT.filter(([name]) => name !== 'a Date'), ['other text', 'tomorrow', /tomorrow/]];

const enqueue = (key) => (db, value) => db.enqueueRun(wanted({ [key]: value }));
const start = (key) => (db, value) => db.startRun(wanted({ [key]: value }), { workerId: 'w' });
const claim = (key) => (db, value) => db.claimRuns({ workerId: 'w', [key]: value });
const finish =
  (key) =>
  (db, value, { held }) =>
    db.finishRun(held.run.id, held.token, { status: 'succeeded', [key]: value });
const retry =
  (key) =>
  (db, value, { done }) =>
    db.retryRun(done.id, { [key]: value });

/** Each argument: the method, its name, the call that sends a value there, the values that are wrong there. */
const ARGUMENTS = [
  ...['zoneId', 'worktreeId', 'agentType'].flatMap((key) => [
    ['enqueueRun', key, enqueue(key), NO_ID],
    ['startRun', key, start(key), NO_ID],
    ['retryRun', key, retry(key), NO_ID.filter(([, value]) => value !== undefined)],
  ]),
  ['enqueueRun', 'prompt', enqueue('prompt'), wrong.NO_TEXT],
  ...['priority', 'maxAttempts', 'timeoutMs'].map((key) => ['enqueueRun', key, enqueue(key), NO_INTEGER]),
  ...['idempotencyKey', 'parentRunId'].map((key) => ['enqueueRun', key, enqueue(key), [...IDS, ['empty', '', /""/]]]),
  ['enqueueRun', 'availableAt', enqueue('availableAt'), NO_TIME],
  ['enqueueRun', 'metadata', enqueue('metadata'), wrong.NO_FIELDS.filter(([name]) => name !== 'null')],
  ...['claimRuns', 'claimRun'].flatMap((method) => [
    [method, 'workerId', (db, value) => db[method]({ workerId: value }), NO_ID],
    [method, 'leaseMs', (db, value) => db[method]({ workerId: 'w', leaseMs: value }), NO_INTEGER],
  ]),
  ['claimRuns', 'limit', claim('limit'), NO_INTEGER],
  ...['zoneIds', 'agentTypes'].map((key) => [
    'claimRuns',
    key,
    claim(key),
    [...wrong.NO_TEXT.filter(([name]) => name !== 'an array'), ['text', 'zone-1', /zone-1/], ['numbers', [7], /7/]],
  ]),
  ['startRun', 'workerId', (db, value) => db.startRun(wanted(), { workerId: value }), NO_ID],
  ...['heartbeatRun', 'releaseRun', 'cancelRun', 'retryRun', 'getOutput'].map((method) => [
    method,
    'id',
    (db, value) => db[method](value, ...(method === 'heartbeatRun' || method === 'releaseRun' ? [1] : [])),
    IDS,
  ]),
  [
    'heartbeatRun',
    'leaseMs',
    (db, value, { held }) => db.heartbeatRun(held.run.id, held.token, { leaseMs: value }),
    NO_INTEGER,
  ],
  [
    'appendOutput',
    'chunks[0].text',
    (db, value, { held }) => db.appendOutput(held.run.id, held.token, [{ stream: 'stdout', text: value }]),
    wrong.NO_TEXT,
  ],
  [
    'appendOutput',
    'chunks[0].stream',
    (db, value, { held }) => db.appendOutput(held.run.id, held.token, [{ stream: value, text: '' }]),
    [...wrong.NO_TEXT, ['another', 'stdin', /stdin/], ['a number', 1, /1/]],
  ],
  [
    'appendOutput',
    'chunks[0].at',
    (db, value, { held }) => db.appendOutput(held.run.id, held.token, [{ stream: 'stdout', text: '', at: value }]),
    NO_TIME,
  ],
  [
    'waitRun',
    'question',
    (db, value, { held }) => db.waitRun(held.run.id, held.token, { question: value }),
    wrong.NO_TEXT,
  ],
  ['answerRun', 'answer', (db, value, { asked }) => db.answerRun(asked.id, { answer: value }), wrong.NO_TEXT],
  ['cancelRun', 'reason', (db, value, { held }) => db.cancelRun(held.run.id, { reason: value }), wrong.NO_TEXT],
  ...['exitCode', 'filesChanged', 'insertions', 'deletions'].map((key) => ['finishRun', key, finish(key), NO_INTEGER]),
  ...['error', 'commitBefore', 'commitAfter'].map((key) => ['finishRun', key, finish(key), wrong.NO_TEXT]),
  [
    'finishRun',
    'result',
    finish('result'),
    [
      ['a function', () => 1, /function/],
      ['a symbol', Symbol('s'), /symbol/i],
      ['a BigInt', 7n, /BigInt/],
      ['a cycle', Object.assign([], { 0: null }) && cycle(), /circular/i],
    ],
  ],
  ['recordUsage', 'model', (db, value, { held }) => db.recordUsage(held.run.id, { model: value }), NO_ID],
  ['sweepRuns', 'graceMs', (db, value) => db.sweepRuns({ graceMs: value }), NO_INTEGER],
  ['setRunLimit', 'limit', (db, value) => db.setRunLimit({}, value), NO_INTEGER],
  ['setBudget', 'costMicros', (db, value) => db.setBudget({ period: 'day' }, value), NO_INTEGER],
  ['getRun', 'id', (db, value) => db.getRun(value), IDS],
  ['listRuns', 'limit', (db, value) => db.listRuns({ limit: value }), NO_INTEGER],
];

function cycle() {
  const list = [];
  list.push(list);
  return list;
}

/** A board with a run in each state that a call may want. */
function furnished() {
  const db = board();
  queued(db);
  return { db, held: running(db), asked: waiting(db), done: ended(db) };
}

describe.each(ARGUMENTS.map(([method, field, call, values]) => ({ method, field, call, values })))(
  '$method: $field',
  ({ method, field, call, values }) => {
    it('that is wrong is a TypeError or a RangeError that names it and what it got, and changes nothing', () => {
      const { db, ...runs } = furnished();
      const before = everything(db);
      for (const [name, value, words] of values.filter(([, given]) => crosses(given))) {
        const error = thrown(() => call(db, value, runs));
        expect(error instanceof TypeError || error instanceof RangeError, `${name}: ${error}`).toBe(true);
        expect(error.code, name).toMatch(/^ERR_(INVALID_ARG_TYPE|INVALID_ARG_VALUE|OUT_OF_RANGE)$/);
        expect({ name, method: error.method, field: error.field }).toEqual({
          name,
          method,
          field: expect.stringContaining(field.replace(/^.*\./, '')),
        });
        expect(error.message, name).toContain(`${method}: `);
        expect(error.message, name).toMatch(words);
        expect(error.message.length, name).toBeLessThan(400);
      }
      expect(everything(db)).toEqual(before);
    });
  },
);

const CALLS = {
  enqueueRun: (db, value) => db.enqueueRun(value),
  enqueueRuns: (db, value) => db.enqueueRuns(value),
  startRun: (db, value) => db.startRun(value, value),
  claimRuns: (db, value) => db.claimRuns(value),
  claimRun: (db, value) => db.claimRun(value),
  heartbeatRun: (db, value) => db.heartbeatRun(value, value, value),
  appendOutput: (db, value) => db.appendOutput(value, value, value, value),
  getOutput: (db, value) => db.getOutput(value, value),
  recordUsage: (db, value) => db.recordUsage(value, value),
  waitRun: (db, value) => db.waitRun(value, value, value),
  answerRun: (db, value) => db.answerRun(value, value),
  finishRun: (db, value) => db.finishRun(value, value, value),
  releaseRun: (db, value) => db.releaseRun(value, value),
  cancelRun: (db, value) => db.cancelRun(value, value),
  retryRun: (db, value) => db.retryRun(value, value),
  sweepRuns: (db, value) => db.sweepRuns(value),
  setRunLimit: (db, value) => db.setRunLimit(value, value),
  setBudget: (db, value) => db.setBudget(value, value),
  getRun: (db, value) => db.getRun(value),
  listRuns: (db, value) => db.listRuns(value),
};

describe('every value everywhere', () => {
  it.runIf(inFiles).each(Object.entries(CALLS))(
    'in %s: an error of ours, or an answer, and the file as sound as it was',
    (method, call) => {
      const { db } = furnished();
      for (const [name, value] of wrong.EVERYTHING) {
        try {
          call(db, value);
        } catch (error) {
          expect(error, name).toBeInstanceOf(Error);
          expect(error.code, `${name}: ${error.stack}`).toMatch(/^ERR_(?!INTERNAL)/);
          expect(error.method, name).toBe(method);
        }
      }
      expect(db.db.pragma('integrity_check', { simple: true })).toBe('ok');
      expect(db.db.inTransaction).toBe(false);
    },
  );

  it.each(Object.entries(CALLS))('%s does not go on where an object is a trap', (_, call) => {
    const { db } = furnished();
    const before = everything(db);
    const mine = new Error('mine');
    const trap = new Proxy(
      {},
      {
        get: () => {
          throw mine;
        },
        ownKeys: () => {
          throw mine;
        },
      },
    );
    expect(() => call(db, trap)).toThrow();
    expect(everything(db)).toEqual(before);
  });
});
