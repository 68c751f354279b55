// Signals of AsyncVisualDatabase: behind the arguments of any call, and in the options of what waits.
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import { AsyncVisualDatabase, VisualDatabase } from './support/visual_database.mjs';
import { worktree, zone } from './support/samples.mjs';
import { temporaryFile } from './support/temporary.mjs';

/** A database in a file, which is closed when the test ends. */
async function opened(options) {
  const db = await AsyncVisualDatabase.open(options);
  onTestFinished(() => db.close());
  return db;
}

describe('a signal', () => {
  test('behind the arguments ends the wait, and what has not begun does not begin', async () => {
    const path = temporaryFile();
    const db = await opened({ dbPath: path });
    const other = new VisualDatabase({ dbPath: path });
    other.db.exec('BEGIN IMMEDIATE');
    const first = db.createZone(zone(1));
    const stop = new AbortController();
    const second = db.createZone(zone(2), { signal: stop.signal });
    await sleep(50);
    const why = new Error('enough');
    stop.abort(why);
    await expect(second).rejects.toBe(why);
    other.db.exec('COMMIT');
    other.close();
    await first;
    expect((await db.listZones()).map(({ id }) => id)).toEqual(['zone-1']);
    await expect(db.getStats({ signal: AbortSignal.abort(why) })).rejects.toBe(why);
  });

  test('of waitForRun and watch ends them with its reason', async () => {
    const db = await opened({ dbPath: temporaryFile() });
    const why = new Error('enough');
    for (const wait of [
      (signal) => db.waitForRun({ workerId: 'w', signal }),
      (signal) => db.watch({ signal }).next(),
    ]) {
      const stop = new AbortController();
      const waiting = wait(stop.signal);
      setTimeout(() => stop.abort(why), 50);
      await expect(waiting).rejects.toBe(why);
    }
  });
});

describe('a signal of waitForRun', () => {
  /** A database whose thread is busy until `free` is called, with a run in the queue. */
  async function busy() {
    const dbPath = temporaryFile();
    const db = await opened({ dbPath });
    await db.createZone(zone(1));
    await db.createWorktree(worktree(1));
    await db.enqueueRun({ zoneId: 'zone-1', worktreeId: 'wt-1', agentType: 'qa', prompt: 'p' });
    const other = new VisualDatabase({ dbPath });
    other.db.exec('BEGIN IMMEDIATE');
    const before = db.createZone(zone(2));
    const free = () => {
      other.db.exec('COMMIT');
      other.close();
      return before;
    };
    return { db, dbPath, free };
  }

  test.each([
    ['already', () => AbortSignal.abort('no more')],
    [
      'before its turn comes',
      () => {
        const stop = new AbortController();
        setTimeout(() => stop.abort('no more'), 50);
        return stop.signal;
      },
    ],
  ])('that is aborted %s claims nothing', async (_, signal) => {
    const { db, free } = await busy();
    const waiting = db.waitForRun({ workerId: 'w', signal: signal() }).catch((error) => error);
    await sleep(100);
    await free();
    expect(await waiting).toBe('no more');
    expect((await db.listRuns({ status: 'queued' })).items).toHaveLength(1);
  });

  test('that is aborted behind the claim, before its caller hears of that, gives the run', async () => {
    const { db, dbPath, free } = await busy();
    await free();
    const stop = new AbortController();
    const waiting = db.waitForRun({ workerId: 'w', signal: stop.signal });
    const other = new VisualDatabase({ dbPath });
    const end = Date.now() + 10_000;
    while (Date.now() < end && other.listRuns({ status: 'running' }).items.length === 0);
    other.close();
    stop.abort('no more');
    expect((await waiting).run.status).toBe('running');
  });
});
