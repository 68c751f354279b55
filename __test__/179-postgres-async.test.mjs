// AsyncVisualDatabase on a server: the same class, on threads and connections of its own.
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { temporarySchema } from './support/postgres/databases.mjs';
import { proxyTo } from './support/postgres/proxy.mjs';
import { furnish, worktree, zone } from './support/samples.mjs';
import { open } from './support/temporary.mjs';
import { AsyncVisualDatabase } from './support/visual_database.mjs';

vi.setConfig({ testTimeout: 60_000 });

async function opened(options) {
  const db = await AsyncVisualDatabase.open(options);
  onTestFinished(() => db.close());
  return db;
}

describe('AsyncVisualDatabase.open({ url })', () => {
  it('answers as VisualDatabase does', async () => {
    const at = temporarySchema();
    const sync = furnish(open(at));
    const db = await opened(at);
    expect(await db.listWorktrees()).toEqual(sync.listWorktrees());
    expect(await db.getStats()).toEqual(sync.getStats());
    expect((await db.getBoard()).zones).toEqual(sync.getBoard().zones);
    await expect(db.createWorktree(worktree(1))).rejects.toMatchObject({
      code: 'SQLITE_CONSTRAINT_UNIQUE',
      field: 'port',
    });
    expect(db.db).toBeUndefined();
  });

  it('refuses what it can’t reach, without the password', async () => {
    const error = await AsyncVisualDatabase.open({ url: 'postgres://me:geheim@127.0.0.1:9/x' }).catch((why) => why);
    expect(error.code).toBe('ERR_DATABASE_UNAVAILABLE');
    expect(`${error.message} ${error.stack}`).not.toContain('geheim');
  });

  it('has a transaction on a connection of its own: what others and the database itself read is as before', async () => {
    const at = temporarySchema();
    const db = await opened(at);
    const other = open(at);
    await db.transaction(async (tx) => {
      await tx.createZone(zone(1));
      expect((await tx.getStats()).zones).toBe(1);
      expect([other.getStats().zones, (await db.getStats()).zones]).toEqual([0, 0]);
    });
    expect([other.getStats().zones, (await db.getStats()).zones]).toEqual([1, 1]);
    const why = new Error('not this');
    const failed = db.transaction(async (tx) => {
      await tx.createZone(zone(2));
      throw why;
    });
    await expect(failed).rejects.toBe(why);
    expect((await db.listZones()).map(({ id }) => id)).toEqual(['zone-1']);
  });

  it('makes calls in the order in which they come', async () => {
    const db = await opened(temporarySchema());
    const made = Array.from({ length: 50 }, (_, n) => db.createWorktree(worktree(n)));
    expect((await db.listWorktrees()).length).toBe(50);
    await Promise.all(made);
  });

  it('sends what is made together in few trips, and each call has its own answer', async () => {
    const at = temporarySchema();
    furnish(open(at));
    const proxy = proxyTo(at.url);
    const db = await opened({ ...at, url: proxy.url });
    await db.getStats();
    proxy.counted();
    const made = Array.from({ length: 100 }, (_, n) => db.createWorktree(worktree(100 + n)));
    expect((await Promise.all(made)).map(({ id }) => id)).toEqual(made.map((_, n) => `wt-${100 + n}`));
    expect(proxy.counted().turns.length).toBeLessThan(20);
    // Of some that are refused, and of others between them.
    const stop = new AbortController();
    const calls = [
      db.createWorktree(worktree(300)),
      db.createWorktree(worktree(300)),
      db.createWorktree({ ...worktree(301), port: 'x' }),
      db.createZone(zone(9)),
      db.createZone(zone(10), { signal: stop.signal }),
      db.createWorktree({ ...worktree(302), port: 'auto' }),
      db.getWorktree('wt-302'),
      db.recordExecution({ zoneId: 'zone-9', worktreeId: 'wt-300', agentType: 'qa', prompt: 'p' }),
      db.recordExecution({ zoneId: 'nowhere', worktreeId: 'wt-300', agentType: 'qa', prompt: 'p' }),
      db.getExecutionHistory('zone-9'),
    ];
    stop.abort(new Error('enough'));
    const told = (await Promise.allSettled(calls)).map(
      ({ value, reason }) => value?.id ?? reason?.code ?? reason?.message ?? value,
    );
    const ran = told.at(-3);
    expect(told).toEqual([
      'wt-300',
      'SQLITE_CONSTRAINT_UNIQUE',
      'ERR_INVALID_ARG_VALUE',
      'zone-9',
      'enough',
      'wt-302',
      'wt-302',
      ran,
      'SQLITE_CONSTRAINT_FOREIGNKEY',
      [expect.objectContaining({ id: ran })],
    ]);
  });

  it('leaves the event loop to others while it waits for a lock, and a signal ends the wait', async () => {
    const at = temporarySchema();
    const db = await opened(at);
    const holder = await opened(at);
    const why = new Error('enough');
    const stop = new AbortController();
    let ticks = 0;
    let first;
    let second;
    await holder.transaction(async (tx) => {
      await tx.createZone(zone(1));
      first = db.createZone(zone(2));
      second = db.updateZone('zone-2', { name: 'Another' }, { signal: stop.signal });
      const timer = setInterval(() => (ticks += 1), 5);
      await sleep(200);
      stop.abort(why);
      await expect(second).rejects.toBe(why);
      clearInterval(timer);
    });
    expect((await first).id).toBe('zone-2');
    expect(ticks).toBeGreaterThan(10);
    expect((await db.getZone('zone-2')).name).toBe(zone(2).name);
  });

  it('sends a call again whose connection was cut', async () => {
    const at = temporarySchema();
    furnish(open(at));
    const proxy = proxyTo(at.url);
    const db = await opened({ ...at, url: proxy.url });
    proxy.cutAfter(/^COMMIT$/);
    expect((await db.createWorktree(worktree(9))).id).toBe('wt-9');
    expect((await db.getStats()).worktrees).toBe(4);
  });

  it('waits for runs and changes while other calls go on', async () => {
    const at = temporarySchema();
    const db = await opened(at);
    await db.createZone(zone(1));
    await db.createWorktree(worktree(1));
    const feed = db.watch({ entities: ['run'], after: (await db.getBoard()).next });
    const next = feed.next();
    const waiting = db.waitForRun({ workerId: 'w' });
    const run = await db.enqueueRun({ zoneId: 'zone-1', worktreeId: 'wt-1', agentType: 'qa', prompt: 'p' });
    expect((await waiting).run.id).toBe(run.id);
    expect((await next).value.id).toBe(run.id);
    await feed.return();
  });
});
