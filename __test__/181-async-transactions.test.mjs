// Transactions of AsyncVisualDatabase: on a connection of their own, one after the other.
import { AsyncResource } from 'node:async_hooks';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import { AsyncVisualDatabase, VisualDatabase } from './support/visual_database.mjs';
import { worktree, zone } from './support/samples.mjs';
import { temporaryFile, temporaryFolder } from './support/temporary.mjs';

async function opened(options) {
  const db = await AsyncVisualDatabase.open(options);
  onTestFinished(() => db.close());
  return db;
}

describe.each([
  ['a file', () => temporaryFile()],
  ['memory', () => ':memory:'],
])('a transaction in %s', (_, path) => {
  test('is all of it or nothing, and gives what fn gives', async () => {
    const db = await opened(path());
    const answer = await db.transaction(async (tx) => {
      await tx.createZone(zone(1));
      await sleep(10);
      await tx.createWorktree(worktree(1));
      return (await tx.getStats()).zones;
    });
    expect(answer).toBe(1);
    const why = { mine: true };
    const failed = db.transaction(async (tx) => {
      await tx.createWorktree(worktree(2));
      throw why;
    });
    await expect(failed).rejects.toBe(why);
    expect(await db.getStats()).toMatchObject({ zones: 1, worktrees: 1 });
  });

  test('inside another one is a savepoint', async () => {
    const db = await opened(path());
    await db.transaction(async (tx) => {
      await tx.createZone(zone(1));
      await tx
        .transaction(async (inner) => {
          await inner.createZone(zone(2));
          throw new Error('not this one');
        })
        .catch(() => {});
      await tx.transaction((inner) => inner.createZone(zone(3)));
    });
    expect((await db.listZones()).map(({ id }) => id).toSorted()).toEqual(['zone-1', 'zone-3']);
  });

  test('is one also three deep', async () => {
    const db = await opened(path());
    const answer = await db.transaction((tx) =>
      tx.transaction((inner) => inner.transaction((innermost) => innermost.createZone(zone(1)))),
    );
    expect([answer.id, (await db.getStats()).zones]).toEqual(['zone-1', 1]);
  });

  test('goes on behind an error that fn catches', async () => {
    const db = await opened(path());
    await db.transaction(async (tx) => {
      await tx.createZone(zone(1));
      await tx.createZone(zone(1)).catch(() => {});
      await tx.createZone(zone(2));
    });
    expect((await db.getStats()).zones).toBe(2);
  });

  test('waits for the one before', async () => {
    const db = await opened(path());
    const order = [];
    await Promise.all(
      [1, 2, 3].map((n) =>
        db.transaction(async (tx) => {
          order.push(`begin ${n}`);
          await tx.createZone(zone(n));
          await sleep(5);
          order.push(`end ${n}`);
        }),
      ),
    );
    expect(order).toEqual(['begin 1', 'end 1', 'begin 2', 'end 2', 'begin 3', 'end 3']);
  });

  test('that would wait for itself is refused', async () => {
    const db = await opened(path());
    await db.transaction(async (tx) => {
      await expect(db.transaction(() => {})).rejects.toThrow('inside a transaction begin another one on what it gave');
      await tx.transaction(async () => {
        await expect(tx.transaction(() => {})).rejects.toThrow('inside a transaction');
      });
      expect((await tx.getStats()).zones).toBe(0);
    });
  });

  test('is over when fn has ended, and what takes its time is not of it, nor begun by it', async () => {
    const at = path();
    const db = await opened(at);
    await db.createZone(zone(1));
    await db.createWorktree(worktree(1));
    const folder = temporaryFolder();
    const tx = await db.transaction(async (tx) => {
      for (const call of [
        () => tx.waitForRun({ workerId: 'w' }),
        () => tx.backup(join(folder, 'copy.db')),
        () => tx.exportAll(join(folder, 'all.jsonl')),
        () => tx.importAll(join(folder, 'all.jsonl')),
        () => tx.watch().next(),
      ])
        await expect(call()).rejects.toMatchObject({ code: 'ERR_INVALID_STATE' });
      return tx;
    });
    expect(readdirSync(folder)).toEqual([]);
    const run = await db.enqueueRun({ zoneId: 'zone-1', worktreeId: 'wt-1', agentType: 'qa', prompt: 'p' });
    await sleep(200);
    expect((await db.getRun(run.id)).status).toBe('queued');
    await expect(tx.getStats()).rejects.toThrow('The transaction has ended');
    await expect(db.transaction(7)).rejects.toThrow(TypeError);
  });
});

test('others read the board as it was until it is committed, and so does the database itself', async () => {
  const path = temporaryFile();
  const db = await opened(path);
  const other = new VisualDatabase({ dbPath: path });
  await db.transaction(async (tx) => {
    await tx.createZone(zone(1));
    expect([other.getStats().zones, (await db.getStats()).zones]).toEqual([0, 0]);
  });
  expect([other.getStats().zones, (await db.getStats()).zones]).toEqual([1, 1]);
  other.close();
});

test('what is called inside a transaction in memory, but not on it, is refused', async () => {
  const db = await opened(':memory:');
  await db.transaction(async () => {
    await expect(db.getStats()).rejects.toThrow('inside a transaction');
  });
});

test('a call that nobody waits for any more takes none of a transaction with it', async () => {
  const db = await opened(':memory:');
  const outside = new AsyncResource('outside');
  await db.transaction(async (tx) => {
    const stop = new AbortController();
    const calls = () => Array.from({ length: 200 }, () => db.getStats({ signal: stop.signal }).catch((error) => error));
    const dropped = outside.runInAsyncScope(calls);
    const made = Array.from({ length: 200 }, () => tx.getStats());
    stop.abort(new Error('enough'));
    await Promise.all([...made, ...dropped]);
  });
});

test('one that waits for its turn hears its signal', async () => {
  const db = await opened(temporaryFile());
  const why = new Error('enough');
  const first = db.transaction(() => sleep(50));
  await expect(db.transaction(() => {}, { signal: AbortSignal.abort(why) })).rejects.toBe(why);
  await first;
});

test('one that gets no lock says so, and the next one is taken', async () => {
  const path = temporaryFile();
  const db = await opened({ dbPath: path, timeout: 50 });
  const other = new VisualDatabase({ dbPath: path });
  other.db.exec('BEGIN IMMEDIATE');
  await expect(db.transaction(() => {})).rejects.toMatchObject({ code: 'SQLITE_BUSY' });
  other.db.exec('COMMIT');
  other.close();
  expect(await db.transaction(() => 5)).toBe(5);
});
