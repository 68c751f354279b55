// Waiting for commits of other processes and threads, and what becomes of a process or a thread that waits.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, vi } from 'vitest';
import { runScript, startScript } from './support/child.mjs';
import { COMMITTERS } from './support/committers.mjs';
import { zone } from './support/samples.mjs';
import { open, temporaryFile } from './support/temporary.mjs';
import { AWHILE, wait, within } from './support/waiting.mjs';

vi.setConfig({ testTimeout: 60_000 });

const lib = (name) => JSON.stringify(fileURLToPath(new URL(`../lib/${name}`, import.meta.url)));

/** What a script or a worker needs to wait. */
const WAITING = `
  const { waitForCommit } = require(${lib('visual/commits.js')});
  const { stateOf } = require(${lib('visual/state.js')});
  const wait = (db, options) => waitForCommit(stateOf(db, 'wait').connection, 'wait', options);`;

const OPEN = `${WAITING}
  const db = new VisualDatabase(dbPath);`;

const made = () => {
  const dbPath = temporaryFile();
  const db = open({ dbPath });
  db.createZone(zone());
  db.close();
  return dbPath;
};

describe('a commit of another process', () => {
  it.for(COMMITTERS)('of %s ends the wait', async ([, isThere, commit], { skip }) => {
    skip(!isThere);
    const db = open({ dbPath: made() });
    const waiting = wait(db);
    expect(await within(waiting)).toBe('pending');
    await commit(db.db.name);
    expect(await waiting).toBe('commit');
  });

  it.for(COMMITTERS)('of %s ends that of a process which only reads', async ([, isThere, commit], { skip }) => {
    skip(!isThere);
    const dbPath = made();
    const db = open({ dbPath, readonly: true });
    const waiting = wait(db);
    expect(await within(waiting)).toBe('pending');
    await commit(dbPath);
    expect(await waiting).toBe('commit');
  });

  it.for(COMMITTERS)('of %s is heard of without a WAL', async ([, isThere, commit], { skip }) => {
    skip(!isThere);
    const dbPath = made();
    const db = open({ dbPath });
    db.db.pragma('journal_mode = delete');
    db.close();
    const reader = open({ dbPath, readonly: true });
    const waiting = wait(reader);
    expect(await within(waiting)).toBe('pending');
    await commit(dbPath);
    expect(await waiting).toBe('commit');
  });

  it('is heard of by every process that waits, each time', async () => {
    const dbPath = made();
    const code = `${OPEN}
      (async () => {
        console.log('waits');
        let heard = 0;
        let since = undefined;
        while (db.listZones().length < 21) {
          await wait(db, { since });
          since = require(${lib('visual/commits.js')}).commits(stateOf(db, 'wait').connection);
          heard += 1;
        }
        console.log(heard > 0);
      })();`;
    const waiting = [1, 2, 3].map(() => startScript(code, { dbPath }));
    await Promise.all(waiting.map(({ printed }) => printed('waits')));
    const db = open({ dbPath });
    for (let n = 2; n <= 21; n += 1) {
      db.createZone(zone(n));
      await setTimeout(n * 10);
    }
    for (const { ended } of waiting) {
      expect(await ended).toEqual({ code: 0, signal: null, stdout: 'waits\ntrue\n', stderr: '' });
    }
  });
});

describe('a process', () => {
  it('stays alive while somebody waits, and ends by itself when nobody does', async () => {
    const dbPath = made();
    const script = startScript(`${OPEN} console.log('waits'); wait(db).then(console.log);`, { dbPath });
    await script.printed('waits');
    await setTimeout(AWHILE);
    open({ dbPath }).createZone(zone(2));
    expect(await script.ended).toEqual({ code: 0, signal: null, stdout: 'waits\ncommit\n', stderr: '' });
    expect(existsSync(`${dbPath}-wal`)).toBe(true);
  });

  it.each([
    [
      'was aborted',
      'const abort = new AbortController(); wait(db, { signal: abort.signal }).catch(() => {}); abort.abort();',
    ],
    ['was due', 'wait(db, { dueAt: Date.now() + 10 });'],
    ['was on a database that was closed', 'wait(db).catch(() => {}); db.close();'],
  ])('ends by itself, and soon, after a wait that %s', async (_, code) => {
    const timed = `
      const begun = performance.now();
      process.on('exit', () => console.log(performance.now() - begun < 2000));`;
    const ended = await runScript(`${OPEN} ${timed} ${code}`, { dbPath: made() });
    expect(ended).toEqual({ code: 0, signal: null, stdout: 'true\n', stderr: '' });
  });

  it.each([
    ['process.exit', 'process.exit(3);', 3],
    ['process.exit, later', 'setTimeout(() => process.exit(3), 100);', 3],
    ['an uncaught throw', "setTimeout(() => { throw new Error('uncaught'); }, 100);", 1],
  ])('that waits and ends by %s closes its file', async (_, end, code) => {
    const dbPath = temporaryFile();
    const ended = await runScript(`${OPEN} for (let n = 0; n < 10; n++) wait(db); ${end}`, { dbPath });
    expect(ended).toMatchObject({ code, signal: null });
    expect(existsSync(dbPath) && !existsSync(`${dbPath}-wal`)).toBe(true);
  });

  it('lets go of a database on which nobody waits any more', async () => {
    const dbPath = temporaryFile();
    const code = `${WAITING}
      let db = new VisualDatabase(dbPath);
      const done = wait(db, { dueAt: Date.now() + 10 });
      db = undefined;
      require('node:v8').setFlagsFromString('--expose-gc');
      const collect = require('node:vm').runInNewContext('gc');
      done.then(() => setTimeout(() => {
        collect();
        collect();
        setImmediate(() => console.log(require('node:fs').existsSync(dbPath + '-wal')));
      }, 20));`;
    expect(await runScript(code, { dbPath })).toMatchObject({ code: 0, stdout: 'false\n', stderr: '' });
  });
});

describe('worker threads', () => {
  /** `worker` runs in threads that `main` starts, with `db`, `wait` and `say`. */
  const scene = async (worker, main, dbPath = made()) => {
    const source = `
      const { parentPort, workerData } = require('node:worker_threads');
      const { VisualDatabase } = require(${lib('index.js')});
      ${WAITING}
      const db = new VisualDatabase(workerData);
      const say = (message) => parentPort.postMessage(message);
      ${worker}`;
    const code = `${OPEN}
      const { Worker } = require('node:worker_threads');
      const start = () => {
        const worker = new Worker(${JSON.stringify(source)}, { eval: true, workerData: dbPath });
        worker.on('error', (error) => { throw error; });
        worker.ended = new Promise((resolve) => worker.once('exit', resolve));
        worker.said = () => new Promise((resolve) => worker.once('message', resolve));
        return worker;
      };
      const sleep = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));
      (async () => { ${main} })();`;
    const { code: status, signal, stdout, stderr } = await runScript(code, { dbPath });
    expect({ status, signal, stderr }).toEqual({ status: 0, signal: null, stderr: '' });
    return stdout.trim();
  };

  it('wait on one file at once, each hears of a commit, and they end by themselves', async () => {
    const worker = "say('waits'); wait(db).then(say);";
    const main = `
      const workers = [1, 2, 3, 4].map(start);
      await Promise.all(workers.map((worker) => worker.said()));
      const own = wait(db);
      const heard = workers.map((worker) => worker.said());
      await sleep(100);
      db.createZone({ id: 'new', name: 'n' });
      console.log(await own, ...(await Promise.all(heard)), ...(await Promise.all(workers.map(({ ended }) => ended))));`;
    expect(await scene(worker, main)).toBe('commit commit commit commit commit 0 0 0 0');
  });

  it('that are terminated while they wait leave the others waiting', async () => {
    const worker = "for (let n = 0; n < 20; n++) wait(db); say('waits');";
    const main = `
      const own = wait(db);
      for (let round = 0; round < 8; round++) {
        const workers = [start(), start()];
        await Promise.all(workers.map((worker) => worker.said()));
        await sleep(round * 15);
        await Promise.all(workers.map((worker) => worker.terminate()));
      }
      db.createZone({ id: 'new', name: 'n' });
      console.log(await own);`;
    expect(await scene(worker, main)).toBe('commit');
  });

  it('that are terminated just as they are woken crash nothing', async () => {
    const worker = `
      (async () => { for (;;) { await wait(db); for (const end = Date.now() + 30; Date.now() < end;); } })();
      say('waits');`;
    const main = `
      let done = 0;
      const commits = setInterval(() => db.updateZone('zone-1', { name: String(done) }), 5);
      for (let round = 0; round < 8; round++) {
        const workers = [start(), start()];
        await Promise.all(workers.map((worker) => worker.said()));
        await sleep(100 + round * 17);
        await Promise.all(workers.map((worker) => worker.terminate()));
        done += 1;
      }
      clearInterval(commits);
      console.log(done, db.db.pragma('integrity_check', { simple: true }));`;
    expect(await scene(worker, main)).toBe('8 ok');
  });

  it('may close what they wait on while others wait, again and again', async () => {
    const worker = `
      db.close();
      (async () => {
        for (let round = 0; round < 60; round++) {
          const other = new VisualDatabase(workerData);
          const waits = [wait(other), wait(other, { dueAt: Date.now() + round })];
          await new Promise((resolve) => setTimeout(resolve, round % 7));
          other.close();
          await Promise.allSettled(waits);
        }
        say('done');
      })();`;
    const main = `
      const workers = [1, 2, 3].map(start);
      const said = workers.map((worker) => worker.said());
      const commits = setInterval(() => db.updateZone('zone-1', { name: String(Math.random()) }), 3);
      console.log(...(await Promise.all(said)));
      clearInterval(commits);
      await Promise.all(workers.map(({ ended }) => ended));`;
    expect(await scene(worker, main)).toBe('done done done');
  });

  it('may be the only ones that ever load the addon', async () => {
    const dbPath = made();
    const code = `
      const { Worker } = require('node:worker_threads');
      const source = ${JSON.stringify(`
        const { VisualDatabase } = require(${lib('index.js')});
        ${WAITING}
        const db = new VisualDatabase(require('node:worker_threads').workerData);
        wait(db);
        setTimeout(() => process.exit(0), 50);`)};
      (async () => {
        for (let n = 0; n < 10; n++) {
          const worker = new Worker(source, { eval: true, workerData: process.argv[1] });
          await new Promise((resolve) => worker.once('exit', resolve));
        }
        // Longer than the thread lives that waited for them.
        setTimeout(() => console.log('alive'), 2000);
      })();`;
    const { status, stdout, stderr } = spawnSync(process.execPath, ['-e', code, dbPath], { encoding: 'utf8' });
    expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: 'alive\n', stderr: '' });
  });
});
