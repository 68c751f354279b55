// The addon in several worker threads at once, each with its own connection on the same file. Each scene is a process of
// its own: what it must not do is crash it.
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, vi } from 'vitest';
import { runScript } from './support/child.mjs';
import { execution, furnish, worktree } from './support/samples.mjs';
import { open, temporaryFile } from './support/temporary.mjs';

vi.setConfig({ testTimeout: 60_000 });

/** `worker` runs in threads started by `main`, both with `VisualDatabase` and `dbPath` at hand. */
const scene = (worker, main) => `
  const { Worker } = require('node:worker_threads');
  const library = ${JSON.stringify(fileURLToPath(new URL('../lib/index.js', import.meta.url)))};
  const source = \`
    const { parentPort, workerData } = require('node:worker_threads');
    const { VisualDatabase } = require(workerData.library);
    const { dbPath, n } = workerData;
    ${worker}\`;
  const start = (n = 0) => {
    const worker = new Worker(source, { eval: true, workerData: { library, dbPath, n } });
    worker.ended = new Promise((resolve) => worker.once('exit', resolve));
    return worker;
  };
  const once = (emitter, name) => new Promise((resolve, reject) => {
    emitter.once(name, resolve);
    if (name !== 'error') emitter.once('error', reject);
  });
  void (async () => { ${main} })();`;

const ended = async (worker, main, dbPath) => {
  const { code, signal, stdout, stderr } = await runScript(scene(worker, main), { dbPath });
  expect({ code, signal, stderr }).toEqual({ code: 0, signal: null, stderr: '' });
  return stdout.trim();
};

describe('worker threads', () => {
  it('several at once, each with its own connection on the same file', async () => {
    const dbPath = temporaryFile();
    const worker = `
      const db = new VisualDatabase({ dbPath, timeout: 15000 });
      for (let i = 0; i < 50; i++) db.createWorktree({ id: n + '-' + i, path: '/', port: n * 1000 + i, branchName: 'b' });
      parentPort.postMessage(db.listWorktrees().length >= 50);
      db.close();`;
    const main = `
      const workers = [1, 2, 3, 4].map(start);
      const answers = await Promise.all(workers.map((worker) => once(worker, 'message')));
      await Promise.all(workers.map((worker) => worker.ended));
      console.log(answers.join(' '));`;
    expect(await ended(worker, main, dbPath)).toBe('true true true true');
    expect(existsSync(`${dbPath}-wal`)).toBe(false);
    expect(open({ dbPath }).getStats().worktrees).toBe(200);
  });

  it('beside a connection of the main thread, which goes on when they end', async () => {
    const dbPath = temporaryFile();
    const worker = `
      const db = new VisualDatabase({ dbPath });
      db.createZone({ id: 'z' + n, name: 'by worker' });
      parentPort.postMessage('done');`;
    const main = `
      const db = new VisualDatabase({ dbPath });
      for (const n of [1, 2, 3]) await start(n).ended;
      db.createZone({ id: 'main', name: 'by main' });
      console.log(db.listZones().map(({ id }) => id).sort().join(' '));`;
    expect(await ended(worker, main, dbPath)).toBe('main z1 z2 z3');
  });

  it('the write-ahead log of a handle that a worker never closed is gone when the worker has ended', async () => {
    const dbPath = temporaryFile();
    const worker = `
      globalThis.kept = new VisualDatabase({ dbPath });
      kept.createZone({ id: 'z', name: 'kept' });`;
    const main = `
      await start().ended;
      console.log(require('fs').existsSync(dbPath + '-wal'));`;
    expect(await ended(worker, main, dbPath)).toBe('false');
    expect(open({ dbPath }).getZone('z').name).toBe('kept');
  });

  it.each([
    ['process.exit', 'process.exit(0);'],
    ['an uncaught throw', "throw new Error('thrown in the worker');"],
  ])('and after %s in the worker', async (_, end) => {
    const dbPath = temporaryFile();
    const worker = `
      globalThis.kept = new VisualDatabase({ dbPath });
      kept.createZone({ id: 'z', name: 'kept' });
      ${end}`;
    const main = `
      const worker = start();
      worker.on('error', () => {});
      await worker.ended;
      console.log(require('fs').existsSync(dbPath + '-wal'));`;
    expect(await ended(worker, main, dbPath)).toBe('false');
    expect(open({ dbPath }).getZone('z').name).toBe('kept');
  });

  it('terminated in mid-call: no crash, and the file is whole', async () => {
    const dbPath = temporaryFile();
    const db = furnish(open({ dbPath }));
    db.transaction(() => {
      for (let n = 0; n < 500; n++) db.recordExecution(execution({ prompt: 'p'.repeat(1000) }));
    });
    const worker = `
      const db = new VisualDatabase({ dbPath, timeout: 15000 });
      parentPort.postMessage('at work');
      for (let i = 0; ; i++) {
        db.transaction(() => db.updateWorktree('wt-1', { taskId: String(i) }));
        db.getExecutionHistory('zone-1', -1);
        db.listWorktrees();
      }`;
    const main = `
      for (let round = 0; round < 12; round++) {
        const workers = [start(), start()];
        await Promise.all(workers.map((worker) => once(worker, 'message')));
        await new Promise((resolve) => setTimeout(resolve, round * 3));
        await Promise.all(workers.map((worker) => worker.terminate()));
      }
      const db = new VisualDatabase({ dbPath });
      console.log(db.db.pragma('integrity_check', { simple: true }), db.getStats().executions);`;
    expect(await ended(worker, main, dbPath)).toBe('ok 501');
  });

  it('terminated inside a transaction: it is undone and its lock is free', async () => {
    const dbPath = temporaryFile();
    furnish(open({ dbPath }));
    const worker = `
      const db = new VisualDatabase({ dbPath });
      db.transaction(() => {
        db.createWorktree({ id: 'lost', path: '/', port: 9000, branchName: 'b' });
        parentPort.postMessage('inside');
        for (;;) db.getStats();
      });`;
    const main = `
      const worker = start();
      await once(worker, 'message');
      await worker.terminate();
      const db = new VisualDatabase({ dbPath, timeout: 2000 });
      db.updateWorktree('wt-1', { status: 'free' });
      console.log(db.getWorktree('lost'), db.getWorktree('wt-1').status);`;
    expect(await ended(worker, main, dbPath)).toBe('null free');
  });

  it('terminated while it waits for a lock: the thread ends within the timeout', async () => {
    const dbPath = temporaryFile();
    const db = open({ dbPath });
    db.createWorktree(worktree());
    const worker = `
      const db = new VisualDatabase({ dbPath, timeout: 1500 });
      parentPort.postMessage('waiting');
      db.updateWorktree('wt-1', { status: 'x' });`;
    const main = `
      const holder = new VisualDatabase({ dbPath });
      const worker = start();
      holder.db.exec('BEGIN IMMEDIATE');
      await once(worker, 'message');
      const begun = Date.now();
      await worker.terminate();
      console.log(Date.now() - begun < 10000);`;
    expect(await ended(worker, main, dbPath)).toBe('true');
  });

  it('twenty started and ended one after the other', async () => {
    const dbPath = temporaryFile();
    const worker = `
      const db = new VisualDatabase({ dbPath });
      db.createZone({ id: 'z' + n, name: 'n' });
      if (n % 2) db.close();`;
    const main = `
      for (let n = 0; n < 20; n++) await start(n).ended;
      console.log(new VisualDatabase({ dbPath }).getStats().zones);`;
    expect(await ended(worker, main, dbPath)).toBe('20');
  });
});
