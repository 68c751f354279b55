// Each call of runs is atomic alone and nests in `db.transaction()`; after `close()` and on a read-only file it refuses.
import { describe, expect, it } from 'vitest';
import { seesUncommitted } from './support/async/crossing.mjs';
import { thrown } from './support/failure.mjs';
import { board, claim, ended, everything, queued, ranOut, refusal, running, waiting, wanted } from './support/runs.mjs';
import { execution } from './support/samples.mjs';
import { inFiles, open, place } from './support/temporary.mjs';
import { VisualDatabase } from './support/visual_database.mjs';

const out = [{ stream: 'stdout', text: 'x' }];

/** Every call that changes something, with the runs that it needs. */
const WRITES = {
  enqueueRun: (db) => db.enqueueRun(wanted()),
  enqueueRuns: (db) => db.enqueueRuns([wanted(), wanted()]),
  startRun: (db) => db.startRun(wanted(), { workerId: 'w' }),
  claimRuns: (db) => db.claimRuns({ workerId: 'w', limit: 2 }),
  claimRun: (db) => db.claimRun({ workerId: 'w' }),
  heartbeatRun: (db, { held }) => db.heartbeatRun(held.run.id, held.token, { leaseMs: 80_000_000 }),
  appendOutput: (db, { held }) => db.appendOutput(held.run.id, held.token, out),
  recordUsage: (db, { held }) => db.recordUsage(held.run.id, { model: 'm', costMicros: 1 }),
  waitRun: (db, { held }) => db.waitRun(held.run.id, held.token, { question: 'May I?' }),
  answerRun: (db, { asked }) => db.answerRun(asked.id, { answer: 'Yes' }),
  finishRun: (db, { held }) => db.finishRun(held.run.id, held.token, { status: 'succeeded' }),
  releaseRun: (db, { held }) => db.releaseRun(held.run.id, held.token),
  cancelRun: (db, { held }) => db.cancelRun(held.run.id),
  retryRun: (db, { done }) => db.retryRun(done.id),
  sweepRuns: (db) => db.sweepRuns(),
  setRunLimit: (db) => db.setRunLimit({}, 5),
  setBudget: (db) => db.setBudget({ period: 'day' }, 5),
};
const READS = {
  getOutput: (db, { held }) => db.getOutput(held.run.id),
  getRunLimits: (db) => db.getRunLimits(),
  getBudgets: (db) => db.getBudgets(),
  getRun: (db, { held }) => db.getRun(held.run.id),
  listRuns: (db) => db.listRuns(),
};
const writes = Object.entries(WRITES);
const all = [...writes, ...Object.entries(READS)];

async function furnished(config) {
  const db = board(config);
  for (let n = 0; n < 3; n += 1) queued(db);
  const runs = { held: running(db), asked: waiting(db), done: ended(db) };
  // Something to sweep.
  await ranOut(db);
  return { db, runs };
}

describe('in a transaction', () => {
  it.each(writes)('%s is undone with it', async (_, call) => {
    const { db, runs } = await furnished();
    const before = everything(db);
    const reason = new Error('after all not');
    expect(
      thrown(() =>
        db.transaction(() => {
          call(db, runs);
          if (seesUncommitted) expect(everything(db)).not.toEqual(before);
          throw reason;
        }),
      ),
    ).toBe(reason);
    expect(everything(db)).toEqual(before);
    expect(() => call(db, runs)).not.toThrow();
  });

  it.each(writes)('%s that fails undoes itself alone', async (_, call) => {
    const { db, runs } = await furnished();
    db.transaction(() => {
      const id = db.recordExecution(execution());
      const before = everything(db);
      const failing = () => {
        call(db, runs);
        return Promise.resolve();
      };
      expect(() => db.transaction(failing)).toThrow(TypeError);
      expect(everything(db)).toEqual(before);
      expect(db.getExecution(id)).not.toBeNull();
    });
    expect(db.getStats().executions).toBe(2);
  });

  it('a run is wanted, claimed and ended with what it is about, or not at all', () => {
    const db = board();
    const work = (fails) =>
      db.transaction(() => {
        db.assignWorktreeToZone('wt-1', 'zone-1');
        const { run, token } = running(db);
        db.appendOutput(run.id, token, out);
        db.finishRun(run.id, token, { status: 'succeeded' });
        if (fails) throw new Error('after all not');
      });
    expect(() => work(true)).toThrow('after all not');
    expect(db.getWorktreeZone('wt-1')).toBeNull();
    expect(db.listRuns().items).toEqual([]);
    expect(db.getStats().executions).toBe(0);
    work(false);
    expect(db.getWorktreeZone('wt-1')).toBe('zone-1');
    expect(db.listRuns().items).toHaveLength(1);
    expect(db.getStats().executions).toBe(1);
  });

  it.runIf(inFiles)('begun by SQL on db.db they are part of it', () => {
    const db = board();
    db.db.exec('BEGIN');
    queued(db);
    expect(claim(db)).not.toBeNull();
    db.db.exec('ROLLBACK');
    expect(db.listRuns().items).toEqual([]);
  });

  it('a refusal leaves it open, with what was done before', () => {
    const db = board();
    db.transaction(() => {
      queued(db);
      expect(refusal(() => db.heartbeatRun('nowhere', 1)).code).toBe('ERR_NOT_FOUND');
      expect(refusal(() => db.enqueueRuns([wanted(), wanted({ zoneId: 'nowhere' })])).code).toBe('ERR_NOT_FOUND');
    });
    expect(db.listRuns().items).toHaveLength(1);
  });
});

describe('after close()', () => {
  it.each(all)('%s says that the connection is not open', async (method, call) => {
    const { db, runs } = await furnished();
    db.close();
    const error = thrown(() => call(db, runs));
    expect(error).toBeInstanceOf(TypeError);
    expect(error.message).toBe('The database connection is not open');
  });
});

describe('on a read-only connection', () => {
  async function both() {
    const at = place();
    const { db, runs } = await furnished(at);
    return { db, runs, reader: open({ ...at, readonly: true }) };
  }

  it.each(Object.entries(READS))('%s reads', async (_, call) => {
    const { db, runs, reader } = await both();
    expect(call(reader, runs)).toEqual(call(db, runs));
  });

  it.each(writes)('%s is SQLITE_READONLY, and changes nothing', async (_, call) => {
    const { db, runs, reader } = await both();
    const before = everything(db);
    expect(thrown(() => call(reader, runs))).toMatchObject({ name: 'SqliteError', code: 'SQLITE_READONLY' });
    expect(everything(db)).toEqual(before);
  });
});

describe('taken off its object', () => {
  it.each(all)('%s says how to call it', async (method, call) => {
    const { db, runs } = await furnished();
    const alone = new Proxy(db, {
      get: (target, key) => (typeof target[key] === 'function' ? target[key].bind(null) : target[key]),
    });
    expect(thrown(() => call(alone, runs))).toMatchObject({ code: 'ERR_INVALID_THIS' });
    expect(VisualDatabase.prototype[method].name).toBe(method);
  });
});
