// What AsyncVisualDatabase asks the caller's thread for: functions among the arguments, the clock, the logger, the hook for queries.
import { describe, expect, onTestFinished, test } from 'vitest';
import { AsyncVisualDatabase, SqliteError } from './support/visual_database.mjs';
import { worktree, zone } from './support/samples.mjs';
import { temporaryFile } from './support/temporary.mjs';

/** A database that is closed when the test ends; in memory unless `options` name a file. */
async function opened(options = {}) {
  const db = await AsyncVisualDatabase.open({ dbPath: ':memory:', ...options });
  onTestFinished(() => db.close());
  return db;
}

describe('a call', () => {
  test('asks functions on the thread that has them, and throws the very value that they throw', async () => {
    const db = await opened();
    expect(await db.allocatePort({ from: 3001, isFree: (port) => port > 3004 })).toBe(3005);
    const mine = { not: 'an error' };
    const thrown = await db.allocatePort({ isFree: () => { throw mine; } }).catch((error) => error); // prettier-ignore
    expect(thrown).toBe(mine);
    await expect(db.allocatePort({ isFree: async () => true })).rejects.toThrow('cannot return a promise');
  });

  test('asks them for what a thread can be told: of anything else, whether it is true', async () => {
    const db = await opened();
    const isFree = (port) => (port > 3004 ? () => {} : undefined);
    expect(await db.allocatePort({ from: 3001, isFree })).toBe(3005);
  });

  test('asks a clock also for what waits, and each question has its own answer', async () => {
    const db = await opened({ dbPath: temporaryFile(), clock: () => 1_700_000_000_000 });
    await db.createZone(zone(1));
    await db.createWorktree(worktree(1));
    const waiting = db.waitForRun({ workerId: 'w' });
    await db.enqueueRun({ zoneId: 'zone-1', worktreeId: 'wt-1', agentType: 'qa', prompt: 'p' });
    expect((await waiting).run.startedAt).toBe('2023-11-14T22:13:20.000Z');
    const asked = [];
    const isFree = (port) => asked.push(port) === 3;
    expect([await db.allocatePort({ from: 3002, isFree }), asked]).toEqual([3004, [3002, 3003, 3004]]);
  });

  test('of a clock that throws is that error, and the next one is made', async () => {
    let why = null;
    const clock = () => {
      if (why !== null) throw why;
      return 1_700_000_000_000;
    };
    const db = await opened({ dbPath: temporaryFile(), clock });
    why = new Error('no time');
    await expect(db.createZone(zone(1))).rejects.toBe(why);
    why = null;
    await db.transaction(async (tx) => {
      await tx.createZone(zone(1));
      why = new Error('no time at the end');
    });
    why = null;
    expect((await db.getStats()).zones).toBe(1);
  });

  test('tells the logger, asks the clock and tells the hook of queries', async () => {
    const heard = [];
    const logger = { info: (text) => heard.push(text), error: (text, { error }) => heard.push([text, error]) };
    const queries = [];
    const db = await opened({ logger, clock: () => 1_700_000_000_000, onQuery: (call) => queries.push(call) });
    expect((await db.createZone({ id: 'z', name: 'Z' })).createdAt).toBe('2023-11-14T22:13:20.000Z');
    await db.createZone({ id: 'z', name: 'Z' }).catch(() => {});
    await db.transaction(() => Promise.reject(new Error('not this'))).catch(() => {});
    await expect.poll(() => heard.find(Array.isArray)).toEqual(['[VisualDB] Transaction failed', 'not this']);
    expect(heard[0]).toBe('[VisualDB] Database initialized');
    await expect.poll(() => queries.map(({ method }) => method)).toEqual(['createZone', 'createZone', 'transaction']);
    expect(queries[1].error).toBeInstanceOf(SqliteError);
  });
});
