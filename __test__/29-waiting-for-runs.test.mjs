// What `waitForRun` does whatever a run is: who gets what, and what is asked meanwhile. The queue is a small one in SQL.
import { getEventListeners } from 'node:events';
import { createRequire } from 'node:module';
import { setTimeout } from 'node:timers/promises';
import { describe, expect, it, vi } from 'vitest';
import { startScript } from './support/child.mjs';
import { zone } from './support/samples.mjs';
import { ENQUEUE, smallQueue } from './support/small_queue.mjs';
import { open, temporaryFile } from './support/temporary.mjs';
import { AWHILE, METHOD, within } from './support/waiting.mjs';

vi.setConfig({ testTimeout: 60_000 });

const require = createRequire(import.meta.url);
const { Claimants } = require('../lib/visual/wait_for_run.js');
const { stateOf } = require('../lib/visual/state.js');

/** A database with a queue, and workers that wait there. */
function scene(config = { dbPath: temporaryFile() }) {
  const db = open(config);
  const queue = smallQueue(db);
  const claimants = new Claimants(stateOf(db, METHOD).connection, queue);
  const wait = (worker, { zone = 'a', signal } = {}) => {
    const waiting = claimants.wait({ worker, zone }, zone, signal);
    waiting.catch(() => {});
    return waiting;
  };
  return { db, queue, wait, other: () => smallQueue(open({ dbPath: db.db.name })) };
}

describe('a worker that waits for a run', () => {
  it('has it at once where there is one', async () => {
    const { queue, wait } = scene();
    const run = queue.enqueue('a');
    expect(await within(wait('w'), 0)).toBe(run);
    expect(queue.workers()).toEqual(['w']);
  });

  it.each([
    ['this connection', ({ queue }) => queue.enqueue('a')],
    ['another one', ({ other }) => other().enqueue('a')],
  ])('has it once %s has enqueued it', async (_, enqueue) => {
    const the = scene();
    const waiting = the.wait('w');
    expect(await within(waiting)).toBe('pending');
    enqueue(the);
    expect(await waiting).toBe(1);
  });

  it('has it once another process has', async () => {
    const { db, queue, wait } = scene();
    const waiting = wait('w');
    const code = `new VisualDatabase(dbPath).db.prepare(${JSON.stringify(ENQUEUE)}).run('a', 0);`;
    expect(await startScript(code, { dbPath: db.db.name }).ended).toMatchObject({ stderr: '' });
    expect(await waiting).toBe(1);
    expect(queue.workers()).toEqual(['w']);
  });

  it('has it when its time has come', async () => {
    const { queue, wait } = scene();
    const begun = Date.now();
    queue.enqueue('a', begun + 300);
    expect(await wait('w')).toBe(1);
    expect(Date.now() - begun).toBeGreaterThanOrEqual(300);
  });

  it('and came first has it first; each run goes to one', async () => {
    const { db, queue, wait } = scene();
    const waits = ['u', 'v', 'w'].map((worker) => wait(worker));
    db.transaction(() => [1, 2].forEach(() => queue.enqueue('a')));
    expect(await Promise.all(waits.slice(0, 2))).toEqual([1, 2]);
    expect(await within(waits[2])).toBe('pending');
    queue.enqueue('a');
    expect(await waits[2]).toBe(3);
    expect(queue.workers()).toEqual(['u', 'v', 'w']);
  });

  it('has none that somebody else would take', async () => {
    const { queue, wait } = scene();
    const [a, b] = [wait('of a', { zone: 'a' }), wait('of b', { zone: 'b' })];
    queue.enqueue('b');
    expect(await b).toBe(1);
    expect(await within(a)).toBe('pending');
  });

  it('may wait again and again, in however many processes: nothing is done twice, nothing left', async () => {
    const { db, queue } = scene();
    const lib = (name) => JSON.stringify(require.resolve(`../lib/visual/${name}.js`));
    const work = (worker) => `
      const { Claimants } = require(${lib('wait_for_run')});
      const { stateOf } = require(${lib('state')});
      (async () => {
        const { smallQueue } = await import(${JSON.stringify(new URL('./support/small_queue.mjs', import.meta.url))});
        const db = new VisualDatabase(dbPath);
        const claimants = new Claimants(stateOf(db, 'wait').connection, smallQueue(db));
        const done = [];
        const ends = AbortSignal.timeout(6000);
        const agent = async (n) => {
          for (;;) done.push(await claimants.wait({ worker: '${worker}' + n, zone: 'a' }, 'a', ends));
        };
        console.log('waits');
        await Promise.allSettled([1, 2, 3].map(agent));
        console.log(JSON.stringify(done));
      })();`;
    const processes = ['x', 'y', 'z'].map((worker) => startScript(work(worker), { dbPath: db.db.name }));
    await Promise.all(processes.map(({ printed }) => printed('waits')));
    for (let n = 1; n <= 60; n += 1) {
      queue.enqueue('a');
      await setTimeout(n % 7 === 0 ? 100 : 5);
    }
    const ended = await Promise.all(processes.map(({ ended }) => ended));
    expect(ended.map(({ stderr }) => stderr)).toEqual(['', '', '']);
    const done = ended.flatMap(({ stdout }) => JSON.parse(stdout.split('\n')[1]));
    expect(done.sort((one, other) => one - other)).toEqual(Array.from({ length: 60 }, (_, n) => n + 1));
  });
});

describe('what is asked while somebody waits', () => {
  it('nothing, where nothing happens', async () => {
    const { queue, wait } = scene();
    const waiting = wait('w');
    const before = structuredClone(queue.asked);
    expect(await within(waiting, 4 * AWHILE)).toBe('pending');
    expect(queue.asked).toEqual(before);
  });

  it('only whether it was about runs, where something else happens; the first time a claim', async () => {
    const { db, queue, wait } = scene();
    db.createZone(zone());
    const waiting = wait('w');
    db.updateZone('zone-1', { name: 'first' });
    await within(waiting);
    const { claims } = structuredClone(queue.asked);
    for (let n = 0; n < 5; n += 1) {
      db.updateZone('zone-1', { name: String(n) });
      await within(waiting, 100);
    }
    expect(queue.asked.claims).toEqual(claims);
    expect(queue.asked.news).toBeGreaterThan(1);
  });

  it('one claim for all who would take the same, where there is nothing for them', async () => {
    const { queue, wait } = scene();
    const waits = Array.from({ length: 100 }, (_, n) => wait(`a${n}`));
    waits.push(...Array.from({ length: 100 }, (_, n) => wait(`b${n}`, { zone: 'b' })));
    await within(Promise.race(waits));
    queue.asked.claims.length = 0;
    queue.enqueue('c');
    expect(await within(Promise.race(waits))).toBe('pending');
    expect(queue.asked.claims).toEqual(['a0', 'b0']);
    queue.asked.claims.length = 0;
    queue.enqueue('b');
    expect(await waits[100]).toBe(2);
    expect(queue.asked.claims).toEqual(['a0', 'b0', 'b1']);
  });

  it('no claim in a transaction of the caller, which could take it back, nor beside an iterator', async () => {
    const { db, queue, wait } = scene();
    queue.enqueue('a');
    db.db.exec('BEGIN');
    const waiting = wait('w');
    expect(await within(waiting)).toBe('pending');
    expect(queue.asked.claims).toEqual([]);
    db.db.exec('ROLLBACK');
    expect(await waiting).toBe(1);
    const rows = db.db.prepare('SELECT * FROM queue').iterate();
    rows.next();
    queue.asked.claims.length = 0;
    const [early, late] = [wait('early'), wait('late')];
    smallQueue(open({ dbPath: db.db.name })).enqueue('a');
    expect(await within(early)).toBe('pending');
    expect(queue.asked.claims).toEqual([]);
    rows.return();
    expect(await early).toBe(2);
    expect(await within(late)).toBe('pending');
  });

  it('a claim for a worker that asks within a transaction, though others have waited for long', async () => {
    const { db, queue, wait } = scene();
    const others = wait('other', { zone: 'b' });
    await within(others);
    queue.enqueue('a');
    await within(others);
    db.db.exec('BEGIN');
    const waiting = wait('w');
    db.db.exec('ROLLBACK');
    expect(await waiting).toBe(1);
    expect(await within(others)).toBe('pending');
    queue.enqueue('b');
    expect(await others).toBe(2);
  });

  it('what is in the log by then, where a transaction is taken back', async () => {
    const { db, queue, wait } = scene();
    const waiting = wait('w');
    queue.enqueue('b');
    await within(waiting);
    db.db.exec("BEGIN; UPDATE zones SET name = name; INSERT INTO queue (zone) VALUES ('b')");
    await within(waiting);
    db.db.exec('ROLLBACK');
    queue.enqueue('a');
    expect(await waiting).toBe(2);
  });

  it('a claim, where the log starts over', async () => {
    const { db, queue, wait } = scene();
    for (let n = 0; n < 5; n += 1) queue.enqueue('b');
    const waiting = wait('w');
    queue.enqueue('b');
    await within(waiting);
    db.db.exec("DELETE FROM log; INSERT INTO queue (zone) VALUES ('a')");
    expect(await waiting).toBe(7);
  });
});

describe('a wait for a run ends', () => {
  it('with the reason of its signal, and gives its place to the next', async () => {
    const { queue, wait } = scene();
    const abort = new AbortController();
    const [stopped, waiting] = [wait('stopped', { signal: abort.signal }), wait('w')];
    abort.abort('enough');
    await expect(stopped).rejects.toBe('enough');
    queue.enqueue('a');
    expect(await waiting).toBe(1);
    expect(queue.workers()).toEqual(['w']);
    expect(getEventListeners(abort.signal, 'abort')).toEqual([]);
  });

  it('before it begins, where the signal is aborted already: nothing is claimed', async () => {
    const { queue, wait } = scene();
    queue.enqueue('a');
    await expect(wait('w', { signal: AbortSignal.abort('before') })).rejects.toBe('before');
    await expect(wait('w', { signal: 'none' })).rejects.toMatchObject({ code: 'ERR_INVALID_ARG_TYPE' });
    expect(queue.workers()).toEqual([null]);
  });

  it('and another begins in the same moment', async () => {
    const { queue, wait } = scene();
    const abort = new AbortController();
    const stopped = wait('stopped', { signal: abort.signal });
    abort.abort();
    const waiting = wait('w');
    await expect(stopped).rejects.toMatchObject({ name: 'AbortError' });
    queue.enqueue('a');
    expect(await waiting).toBe(1);
  });

  it('with ERR_INVALID_STATE where the database is closed', async () => {
    const { db, wait } = scene();
    const waits = [wait('v'), wait('w', { zone: 'b' })];
    db.close();
    const closed = { name: 'TypeError', code: 'ERR_INVALID_STATE', method: METHOD };
    for (const waiting of [...waits, wait('late')]) await expect(waiting).rejects.toMatchObject(closed);
  });

  it('with what the database says, for all who wait; with what is wrong with a wish, for that one', async () => {
    const { db, queue, wait } = scene();
    db.db.exec('BEGIN');
    const wrong = wait(Symbol('no worker'));
    const right = wait('w');
    db.db.exec('COMMIT');
    await expect(wrong).rejects.toMatchObject({ name: 'TypeError' });
    expect(await within(right)).toBe('pending');
    db.db.exec('ALTER TABLE queue RENAME TO away; INSERT INTO log (of_runs) VALUES (1)');
    await expect(right).rejects.toMatchObject({ name: 'SqliteError', code: 'SQLITE_ERROR' });
    db.db.exec('ALTER TABLE away RENAME TO queue');
    const again = wait('again');
    queue.enqueue('a');
    expect(await again).toBe(1);
  });
});
