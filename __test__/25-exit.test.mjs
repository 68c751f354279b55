// How a process ends must not matter: open handles are closed, so that no write-ahead log stays behind.
import { existsSync } from 'node:fs';
import { describe, expect, it, vi } from 'vitest';
import { runScript, startScript } from './support/child.mjs';
import { open, temporaryFile } from './support/temporary.mjs';

vi.setConfig({ testTimeout: 60_000 });

const WRITE = `
  globalThis.db = new VisualDatabase({ dbPath });
  db.createWorktree({ id: 'kept', path: '/', port: 1, branchName: 'b' });
  if (!require('fs').existsSync(dbPath + '-wal')) throw new Error('there was no write-ahead log to begin with');`;

/** Everything was committed, and nothing lies beside the file. */
function expectClean(dbPath) {
  expect(existsSync(`${dbPath}-wal`)).toBe(false);
  expect(existsSync(`${dbPath}-shm`)).toBe(false);
  expect(open({ dbPath }).getWorktree('kept').id).toBe('kept');
}

describe('a handle that was never closed', () => {
  it.each([
    ['a normal end', '', 0],
    ['process.exit(0)', 'process.exit(0);', 0],
    ['process.exit(3)', 'process.exit(3);', 3],
    ['process.exit in a timer', 'setTimeout(() => process.exit(0), 10);', 0],
    ['process.exitCode', 'process.exitCode = 5;', 5],
    ['an uncaught throw', "throw new Error('uncaught');", 1],
    ['an uncaught throw in a timer', "setTimeout(() => { throw new Error('uncaught'); });", 1],
    ['an unhandled rejection', "Promise.reject(new Error('unhandled'));", 1],
    [
      'process.exit inside a transaction',
      "db.transaction(() => { db.createZone({ id: 'z', name: 'n' }); process.exit(0); });",
      0,
    ],
    [
      'several handles, some closed',
      "new VisualDatabase({ dbPath }); new VisualDatabase({ dbPath }).close(); new VisualDatabase({ dbPath: ':memory:' });",
      0,
    ],
    ['a statement that was begun and left', "db.db.prepare('SELECT * FROM worktrees').iterate?.().next();", 0],
  ])('%s', async (_, end, code) => {
    const dbPath = temporaryFile();
    const { code: ended, signal } = await runScript(`${WRITE}${end}`, { dbPath });
    expect({ code: ended, signal }).toEqual({ code, signal: null });
    expectClean(dbPath);
    expect(open({ dbPath }).getStats().zones).toBe(0);
  });

  it.skipIf(process.platform === 'win32').each(['SIGTERM', 'SIGINT', 'SIGHUP'])(
    'a handler of %s that calls process.exit',
    async (signal) => {
      const dbPath = temporaryFile();
      const code = `${WRITE}
        process.on('${signal}', () => process.exit(0));
        setInterval(() => db.getStats(), 5);
        console.log('ready');`;
      const { child, printed, ended } = startScript(code, { dbPath });
      await printed('ready');
      child.kill(signal);
      expect(await ended).toMatchObject({ code: 0, signal: null });
      expectClean(dbPath);
    },
  );

  it('that nothing refers to any more', async () => {
    const dbPath = temporaryFile();
    const code = `${WRITE}
      db = undefined;
      require('node:v8').setFlagsFromString('--expose-gc');
      const collect = require('node:vm').runInNewContext('gc');
      setTimeout(() => { collect(); collect(); }, 20);`;
    expect(await runScript(code, { dbPath })).toMatchObject({ code: 0, signal: null, stderr: '' });
    expectClean(dbPath);
  });

  it.each([
    ['before', `process.on('exit', () => console.log(db.getStats().worktrees, db.close()));${WRITE}`],
    ['after', `${WRITE}process.on('exit', () => console.log(db.getStats().worktrees, db.close()));`],
  ])("is still at work in the caller's own listener of 'exit', registered %s it was opened", async (_, code) => {
    const dbPath = temporaryFile();
    expect(await runScript(code, { dbPath })).toMatchObject({ code: 0, stdout: '1 undefined\n', stderr: '' });
    expectClean(dbPath);
  });

  it('does not keep the process alive', async () => {
    const begun = performance.now();
    await runScript(WRITE, { dbPath: temporaryFile() });
    expect(performance.now() - begun).toBeLessThan(5000);
  });
});

describe('a process that is killed', () => {
  it('leaves its write-ahead log, which is no loss: the next one reads everything that was committed', async () => {
    const dbPath = temporaryFile();
    const code = `${WRITE}
      db.db.exec('BEGIN');
      db.createZone({ id: 'uncommitted', name: 'n' });
      console.log('ready');
      setInterval(() => {}, 1000);`;
    const { child, printed, ended } = startScript(code, { dbPath });
    await printed('ready');
    child.kill('SIGKILL');
    await ended;
    expect(existsSync(`${dbPath}-wal`)).toBe(true);
    const db = open({ dbPath });
    expect(db.getWorktree('kept').id).toBe('kept');
    expect(db.listZones()).toEqual([]);
    db.close();
    expect(existsSync(`${dbPath}-wal`)).toBe(false);
  });
});
