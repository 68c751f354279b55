// AsyncVisualDatabase: VisualDatabase on a thread of its own, each method giving a promise.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { Readable, Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, onTestFinished, test } from 'vitest';
import { AsyncVisualDatabase, VisualDatabase } from './support/visual_database.mjs';
import { worktree, zone } from './support/samples.mjs';
import { temporaryFile, temporaryFolder } from './support/temporary.mjs';

const { SLOW } = createRequire(import.meta.url)('../lib/async/slow.js');

/** A database that is closed when the test ends; in memory unless `options` name a file. */
async function opened(options = {}) {
  const db = await AsyncVisualDatabase.open({ dbPath: ':memory:', ...options });
  onTestFinished(() => db.close());
  return db;
}

/** What both classes come to with the same calls: answers, or what programs test about errors. */
async function outcome(make) {
  try {
    return await make();
  } catch (error) {
    const { name, message, code, method, field, value, index } = error;
    return { Class: error.constructor, name, message, code, method, field, value, index };
  }
}

describe('opening', () => {
  test('gives what VisualDatabase refuses, as it refuses it', async () => {
    const folder = temporaryFolder();
    for (const options of [{ dbPath: 5 }, { dbPath: folder }, { dbPath: ':memory:', readonly: true }, 7]) {
      const sync = await outcome(() => new VisualDatabase(options));
      expect(await outcome(() => AsyncVisualDatabase.open(options))).toEqual(sync);
    }
  });

  test('takes a path alone', async () => {
    const path = temporaryFile();
    const db = await AsyncVisualDatabase.open(path);
    await db.createZone(zone(1));
    await db.close();
    expect(new VisualDatabase({ dbPath: path, readonly: true }).getStats().zones).toBe(1);
  });

  test('is not by new', () => {
    expect(() => new AsyncVisualDatabase()).toThrow(TypeError);
  });
});

describe('a call', () => {
  /** The same in both, one after the other: what crosses is what the class answers. */
  const CALLS = [
    (db) => db.createWorktree({ ...worktree(1), createdAt: '2026-01-02T03:04:05.000Z', position: { x: -0, y: 1.5 } }),
    (db) => db.createWorktree({ ...worktree(1), port: 4000 }),
    (db) => db.createWorktree({ id: 5 }),
    (db) => db.createWorktrees([{ ...worktree(2), createdAt: '2026-01-02T03:04:05.000Z' }, { id: 'x' }]),
    (db) => db.getWorktree('wt-1'),
    (db) => db.getWorktree('nobody'),
    (db) => db.createZone({ ...zone(1), createdAt: '2026-01-02T03:04:05.000Z' }),
    (db) => db.assignWorktreeToZone('wt-1', 'zone-1'),
    (db) => db.assignWorktreeToZone('wt-1', 'nowhere'),
    async (db) => (await db.getBoard({ runs: true })).worktrees,
    (db) => db.listRuns({ order: 'oldest' }),
    (db) => db.getExecutionHistory('zone-1', null),
    (db) => db.deleteWorktree('nobody'),
    (db) => db.getTrend({ since: new Date('2026-01-01'), until: '2026-01-03', bucket: 'day' }),
    (db) => db.setMetadata('worktree', 'wt-1', { nested: { list: [1, null, '\0'] } }),
    (db) => db.moveWorktree('wt-1', null, { reason: 5 }),
    (db) => db.claimRun({ workerId: 'w', leaseMs: -5 }),
  ];

  test('answers and refuses as VisualDatabase does', async () => {
    const sync = new VisualDatabase({ dbPath: ':memory:' });
    const db = await opened();
    for (const [at, call] of CALLS.entries())
      expect([at, await outcome(() => call(db))]).toEqual([at, await outcome(() => call(sync))]);
    sync.close();
  });

  test('that takes its time is known by name: what index.d.ts says gives a promise', () => {
    const types = readFileSync(new URL('../index.d.ts', import.meta.url), 'utf8');
    const [declared] = types.split('export class VisualDatabase<')[1].split('\n}\n');
    const slow = [...declared.matchAll(/^ {2}(\w+)\(.*\): Promise</gm)].map(([, name]) => name);
    expect([...SLOW].filter((name) => !name.startsWith('watch.')).toSorted()).toEqual(slow.toSorted());
  });

  test('of every method of VisualDatabase there is one', async () => {
    await opened();
    const names = (Class) => Object.getOwnPropertyNames(Class.prototype).sort();
    expect(names(AsyncVisualDatabase)).toEqual(names(VisualDatabase));
  });

  test('answers lists of any length, and of any values', async () => {
    const db = await opened();
    const sync = new VisualDatabase({ dbPath: ':memory:' });
    const many = Array.from({ length: 300 }, (_, n) => ({
      ...worktree(n),
      createdAt: '2026-01-02T03:04:05.000Z',
      ...(n % 7 === 0 && { position: { x: -0, y: n } }),
      taskId: n % 3 === 0 ? `__proto__ ${n} \u2028 "` : null,
    }));
    for (const one of [many.slice(0, 40), many.slice(40)]) {
      expect(await db.createWorktrees(one)).toEqual(sync.createWorktrees(one));
      expect(await db.listWorktrees()).toEqual(sync.listWorktrees());
      expect(await db.findWorktrees({ limit: 200 })).toEqual(sync.findWorktrees({ limit: 200 }));
    }
    sync.close();
  });

  test('is made in the order in which calls come', async () => {
    const db = await opened();
    const made = Array.from({ length: 50 }, (_, n) => db.createWorktree(worktree(n)));
    const read = db.listWorktrees();
    await Promise.all(made);
    expect((await read).length).toBe(50);
  });

  test('leaves the event loop to others while it waits for a lock', async () => {
    const path = temporaryFile();
    const db = await opened({ dbPath: path });
    const other = new VisualDatabase({ dbPath: path });
    other.db.exec('BEGIN IMMEDIATE');
    let ticks = 0;
    const timer = setInterval(() => (ticks += 1), 5);
    const waiting = db.createZone(zone(1));
    await sleep(300);
    clearInterval(timer);
    other.db.exec('COMMIT');
    other.close();
    expect((await waiting).id).toBe('zone-1');
    expect(ticks).toBeGreaterThan(10);
  });

  test('with what no thread can be told is refused by name, and nothing is done', async () => {
    const db = await opened();
    const refused = await outcome(() => db.createWorktree({ ...worktree(1), position: { x: Symbol('no'), y: 0 } }));
    expect(refused).toMatchObject({ Class: TypeError, code: 'ERR_INVALID_ARG_TYPE', method: 'createWorktree' });
    expect((await db.getStats()).worktrees).toBe(0);
  });

  test('whose argument throws while it is read throws the very value', async () => {
    const db = await opened();
    const mine = new Error('mine');
    const acting = { ...zone(1), get name() { throw mine; } }; // prettier-ignore
    for (const call of [() => db.createZone(acting), () => db.createWorktrees([acting])])
      await expect(call()).rejects.toBe(mine);
  });

  test('of a method that was taken off its object says how to call it, as VisualDatabase does', async () => {
    const { getZone: sync } = VisualDatabase.prototype;
    const { getZone, transaction, close } = await opened();
    expect(await outcome(() => getZone('zone-1'))).toEqual(await outcome(() => sync('zone-1')));
    for (const alone of [transaction, close]) expect(await outcome(alone)).toMatchObject({ code: 'ERR_INVALID_THIS' });
  });

  test('by somebody says who it was', async () => {
    const db = await opened();
    await db.createWorktree(worktree(1));
    const { next } = await db.getBoard();
    const anna = db.as({ kind: 'user', id: 'anna' });
    await anna.updateWorktree('wt-1', { status: 'done' });
    await anna.transaction((tx) => tx.updateWorktree('wt-1', { status: 'open' }));
    const { items } = await db.getChanges({ after: next });
    expect(items.map(({ by }) => by)).toEqual([
      { kind: 'user', id: 'anna' },
      { kind: 'user', id: 'anna' },
    ]);
    expect(() => db.as({ kind: 'robot', id: 'x' })).toThrow(TypeError);
  });
});

describe('what takes its time', () => {
  test('waitForRun is woken, while other calls go on', async () => {
    const db = await opened({ dbPath: temporaryFile() });
    await db.createZone(zone(1));
    await db.createWorktree(worktree(1));
    const waiting = db.waitForRun({ workerId: 'w' });
    await db.enqueueRun({ zoneId: 'zone-1', worktreeId: 'wt-1', agentType: 'qa', prompt: 'p' });
    expect((await waiting).run.status).toBe('running');
  });

  test('watch tells of every change, from its position on, until it is left', async () => {
    const db = await opened({ dbPath: temporaryFile() });
    const feed = db.watch({ entities: ['worktree'] });
    const first = feed.next();
    await sleep(50);
    await db.createWorktrees([worktree(1), worktree(2), worktree(3)]);
    const heard = [(await first).value.id];
    for await (const { id } of feed) {
      heard.push(id);
      if (heard.length === 3) break;
    }
    expect(heard).toEqual(['wt-1', 'wt-2', 'wt-3']);
    const again = db.watch({ after: feed.position, entities: ['worktree'] });
    await db.deleteWorktree('wt-2');
    expect((await again.next()).value).toMatchObject({ id: 'wt-2', op: 'delete' });
    await again.return();
    expect(await again.next()).toEqual({ done: true, value: undefined });
  });

  test('export and import stream, and backup tells how far it is', async () => {
    const db = await opened({ dbPath: temporaryFile() });
    await db.createZone(zone(1));
    const pieces = [];
    const target = new Writable({ write: (piece, _, done) => done(void pieces.push(piece)) });
    const { lines, bytes } = await db.exportAll(target);
    expect(Buffer.concat(pieces).length).toBe(bytes);
    const another = await opened({ dbPath: temporaryFile() });
    await another.importAll(Readable.from(pieces));
    expect(await another.listZones()).toEqual(await db.listZones());
    const why = { mine: true };
    const broken = { [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(why) }) };
    await expect(another.importAll(broken)).rejects.toBe(why);
    expect(lines).toBeGreaterThan(1);
    const steps = [];
    await db.backup(`${temporaryFolder()}/copy.db`, { progress: (step) => void steps.push(step) });
    expect(steps.length).toBeGreaterThan(0);
  });
});

describe('a process', () => {
  const END = `
    const db = await AsyncVisualDatabase.open(process.argv[1]);
    await db.createZone({ id: 'z', name: 'Z' });
    db.watch();
  `;
  test('ends by itself, without close, once it waits for nothing', () => {
    const path = temporaryFile();
    const index = new URL('../lib/index.mjs', import.meta.url);
    const code = `import { AsyncVisualDatabase } from '${index}';${END}`;
    const args = ['--input-type=module', '-e', code, path];
    const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8', timeout: 20_000 });
    expect([status, stderr]).toEqual([0, '']);
    const db = new VisualDatabase({ dbPath: path, readonly: true });
    expect(db.getStats().zones).toBe(1);
    db.close();
  });
});

describe('closing', () => {
  it('comes behind what was asked before, and then nothing is taken', async () => {
    const db = await AsyncVisualDatabase.open(':memory:');
    const made = db.createWorktree(worktree(1));
    await db.close();
    expect((await made).id).toBe('wt-1');
    const sync = new VisualDatabase({ dbPath: ':memory:' });
    sync.close();
    const closed = await outcome(() => sync.getStats());
    expect(await outcome(() => db.getStats())).toMatchObject({ message: closed.message, code: closed.code });
    await db.close();
  });
});
