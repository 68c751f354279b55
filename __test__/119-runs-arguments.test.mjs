// Arguments of the calls of runs that act while they are read (they throw, lie, use and close the very database they are given
// to), and keys that no call reads.
import { describe, expect, it } from 'vitest';
import { getting } from './support/acting.mjs';
import { thrown } from './support/failure.mjs';
import { board, claim, ended, everything, queued, running, waiting, wanted } from './support/runs.mjs';
import { execution } from './support/samples.mjs';
import { inTransaction } from './support/sql.mjs';
import { inFiles, open, place } from './support/temporary.mjs';

const CHUNK = { stream: 'stdout', text: 'x' };

/** Each argument with keys: its name, a full one, one of its keys, and the call that is given it. */
const ARGUMENTS = {
  enqueueRun: ['run', wanted(), 'prompt', (db, given) => db.enqueueRun(given)],
  enqueueRuns: ['runs[1]', wanted(), 'prompt', (db, given) => db.enqueueRuns([wanted(), given])],
  startRun: ['run', wanted(), 'prompt', (db, given) => db.startRun(given, { workerId: 'w' })],
  'startRun by': ['options', { workerId: 'w' }, 'workerId', (db, given) => db.startRun(wanted(), given)],
  claimRun: ['options', { workerId: 'w' }, 'workerId', (db, given) => db.claimRun(given)],
  claimRuns: ['options', { workerId: 'w', limit: 1 }, 'workerId', (db, given) => db.claimRuns(given)],
  heartbeatRun: [
    'options',
    { leaseMs: 90_000 },
    'leaseMs',
    (db, given, { held }) => db.heartbeatRun(held.run.id, held.token, given),
  ],
  appendOutput: [
    'chunks[0]',
    CHUNK,
    'text',
    (db, given, { held }) => db.appendOutput(held.run.id, held.token, [given]),
  ],
  getOutput: ['options', { after: 0, limit: 5 }, 'after', (db, given, { held }) => db.getOutput(held.run.id, given)],
  recordUsage: [
    'usage',
    { model: 'm', costMicros: 1 },
    'model',
    (db, given, { held }) => db.recordUsage(held.run.id, given),
  ],
  waitRun: [
    'options',
    { question: 'May I?' },
    'question',
    (db, given, { held }) => db.waitRun(held.run.id, held.token, given),
  ],
  answerRun: ['options', { answer: 'Yes' }, 'answer', (db, given, { asked }) => db.answerRun(asked.id, given)],
  finishRun: [
    'outcome',
    { status: 'failed', error: 'x' },
    'error',
    (db, given, { held }) => db.finishRun(held.run.id, held.token, given),
  ],
  cancelRun: ['options', { reason: 'x' }, 'reason', (db, given, { held }) => db.cancelRun(held.run.id, given)],
  retryRun: ['changes', { prompt: 'again' }, 'prompt', (db, given, { done }) => db.retryRun(done.id, given)],
  sweepRuns: ['options', { graceMs: 0 }, 'graceMs', (db, given) => db.sweepRuns(given)],
  setRunLimit: ['scope', { zoneId: 'zone-1' }, 'zoneId', (db, given) => db.setRunLimit(given, 5)],
  setBudget: ['scope', { zoneId: 'zone-1', period: 'day' }, 'zoneId', (db, given) => db.setBudget(given, 5)],
  listRuns: ['filter', { zoneId: 'zone-1' }, 'zoneId', (db, given) => db.listRuns(given)],
  ...(inFiles ? { as: ['actor', { kind: 'user', id: 'u-1' }, 'id', (db, given) => db.as(given)] } : {}),
};
const TABLE = Object.entries(ARGUMENTS);

function furnished(config) {
  const db = board(config);
  const runs = { held: running(db), asked: waiting(db), done: ended(db) };
  queued(db);
  return { db, runs };
}

describe.each(TABLE)('what %s is given', (name, [, given, key, call]) => {
  it('throws: its own value arrives, and nothing is done', () => {
    const { db, runs } = furnished();
    const before = everything(db);
    const mine = new Error('mine');
    const refuse = () => {
      throw mine;
    };
    for (const hostile of [
      getting(given, key, refuse),
      new Proxy(given, { get: refuse, has: refuse, ownKeys: refuse, getOwnPropertyDescriptor: refuse }),
    ])
      expect(thrown(() => call(db, hostile, runs))).toBe(mine);
    expect(everything(db)).toEqual(before);
  });

  it('is a revoked Proxy: a TypeError', () => {
    const { db, runs } = furnished();
    const before = everything(db);
    const { proxy, revoke } = Proxy.revocable(given, {});
    revoke();
    expect(thrown(() => call(db, proxy, runs))).toBeInstanceOf(TypeError);
    expect(everything(db)).toEqual(before);
  });

  it('uses the database meanwhile', () => {
    const { db, runs } = furnished();
    let meanwhile;
    call(
      db,
      getting(given, key, () => {
        meanwhile = db.transaction(() => db.recordExecution(execution()));
        db.enqueueRun(wanted({ zoneId: 'zone-2' }));
        return given[key];
      }),
      runs,
    );
    expect(db.getExecution(meanwhile).id).toBe(meanwhile);
    expect(inTransaction(db)).toBe(false);
  });

  it('closes the database: a TypeError, nothing of the call is done, no crash', () => {
    const at = place();
    const { db, runs } = furnished(at);
    const before = everything(db);
    const closing = getting(given, key, () => (db.close(), given[key]));
    // An object that is named acts later.
    const run = () => (name === 'as' ? call(db, closing, runs).listRuns() : call(db, closing, runs));
    const error = thrown(run);
    expect(error).toBeInstanceOf(TypeError);
    expect(error.message).toBe('The database connection is not open');
    expect(everything(open(at))).toEqual(before);
  });

  it('runs out of stack: a RangeError of the engine', () => {
    const { db, runs } = furnished();
    const before = everything(db);
    const hostile = getting(given, key, () => call(db, hostile, runs));
    expect(thrown(() => call(db, hostile, runs))).toBeInstanceOf(RangeError);
    expect(everything(db)).toEqual(before);
  });
});

describe.each(TABLE)('strict: true: an unknown key in what %s is given', (name, [field, given, , call]) => {
  it('is refused before anything is done', () => {
    const { db, runs } = furnished({ strict: true });
    const before = everything(db);
    const [method] = name.split(' ');
    const error = thrown(() => call(db, { ...given, unheardOf: undefined }, runs));
    expect(error).toMatchObject({ name: 'TypeError', code: 'ERR_UNKNOWN_KEY', method, field: 'unheardOf' });
    expect(error.message).toContain(`${method}: unknown key "unheardOf" in ${field}; known are `);
    for (const known of Object.keys(given)) expect(error.message).toContain(known);
    expect(everything(db)).toEqual(before);
  });

  it.runIf(inFiles)('is not one that it reads', () => {
    const { db, runs } = furnished({ strict: true });
    const read = new Set();
    call(db, new Proxy(given, { get: (target, key) => (read.add(key), Reflect.get(target, key)) }), runs);
    expect(read.size).toBeGreaterThan(0);
    for (const key of read) {
      const other = furnished({ strict: true });
      expect(() => call(other.db, { ...given, [key]: given[key] }, other.runs), key).not.toThrow();
    }
  });
});

describe('waitForRun', () => {
  it('after close(): TypeError(The database connection is not open)', async () => {
    const { db } = furnished();
    db.close();
    const closed = { name: 'TypeError', message: 'The database connection is not open' };
    await expect(db.waitForRun({ workerId: 'w' })).rejects.toMatchObject(closed);
  });

  it.each([
    [undefined, 'ERR_INVALID_ARG_TYPE'],
    [5, 'ERR_INVALID_ARG_TYPE'],
    [{}, 'ERR_INVALID_ARG_TYPE'],
    [{ workerId: '' }, 'ERR_INVALID_ARG_VALUE'],
    [{ workerId: 5 }, 'ERR_INVALID_ARG_TYPE'],
    [{ workerId: 'w', leaseMs: -1 }, 'ERR_OUT_OF_RANGE'],
    [{ workerId: 'w', zoneIds: 'zone-1' }, 'ERR_INVALID_ARG_TYPE'],
    [{ workerId: 'w', signal: 'now' }, 'ERR_INVALID_ARG_TYPE'],
  ])('%o is refused, with the method in the error', async (options, code) => {
    const { db } = furnished();
    const before = everything(db);
    await expect(db.waitForRun(options)).rejects.toMatchObject({ code, method: 'waitForRun' });
    expect(everything(db)).toEqual(before);
  });

  it('strict: true: an unknown key is refused', async () => {
    const { db } = furnished({ strict: true });
    const refused = { name: 'TypeError', code: 'ERR_UNKNOWN_KEY', method: 'waitForRun', field: 'worker' };
    await expect(db.waitForRun({ workerId: 'w', worker: 1 })).rejects.toMatchObject(refused);
  });

  it('what acts while it is read: its own error arrives, and nothing is claimed', async () => {
    const { db } = furnished();
    const before = everything(db);
    const mine = new Error('mine');
    const hostile = getting({}, 'workerId', () => {
      throw mine;
    });
    await expect(db.waitForRun(hostile)).rejects.toBe(mine);
    expect(everything(db)).toEqual(before);
  });
});

describe.runIf(inFiles)('as', () => {
  it('after close(): the calls of the object it gives say that the database is closed', () => {
    const { db } = furnished();
    const user = db.as({ kind: 'user', id: 'u-1' });
    db.close();
    expect(thrown(() => user.listRuns())).toEqual(new TypeError('The database connection is not open'));
    expect(thrown(() => claim(user))).toEqual(new TypeError('The database connection is not open'));
  });

  it.each([undefined, null, 5, 'user', [], { kind: 5 }, { kind: 'nobody' }, { kind: 'user', id: 5 }])(
    '%o is a TypeError that names the method',
    (actor) => {
      const { db } = furnished();
      const error = thrown(() => db.as(actor));
      expect(error).toBeInstanceOf(TypeError);
      expect(error.method).toBe('as');
    },
  );
});
