// `visual-db studio`: its page on this machine, until it is interrupted.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { COMMAND, visualDb } from './support/backups.mjs';
import { board, pause } from './support/runs.mjs';
import { temporaryFile, temporaryFolder } from './support/temporary.mjs';

/** A board and `studio` on it in a process of its own, which has begun. */
async function started({ args = ['--no-open'], env } = {}) {
  const dbPath = temporaryFile();
  const db = board({ dbPath });
  const child = spawn(process.execPath, [COMMAND, 'studio', dbPath, ...args], { env: { ...process.env, ...env } });
  onTestFinished(() => child.kill('SIGKILL'));
  const told = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'])
    child[stream].setEncoding('utf8').on('data', (text) => (told[stream] += text));
  const end = once(child, 'close').then(([status, signal]) => status ?? signal);
  while (!/token=\S+\n/.test(told.stdout)) await once(child.stdout, 'data');
  const [url] = /http:\S+?(?="|\s)/.exec(told.stdout);
  const entered = await fetch(url, { redirect: 'manual' });
  const headers = { cookie: entered.headers.get('set-cookie').split(';')[0], origin: new URL(url).origin };
  const ask = (path, options) => fetch(new URL(path, url), { headers, ...options });
  const post = (path, body) =>
    ask(path, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  return { db, dbPath, child, told, url: new URL(url), end, ask, post };
}

const DROP = { worktreeId: 'wt-1', zoneId: 'zone-2' };

describe('studio', () => {
  test('prints its address, serves the page and the board there, and ends with 0 by Ctrl-C', async () => {
    const { told, ask, url, child, end } = await started();
    expect(url.hostname).toBe('127.0.0.1');
    expect(told.stdout).toContain('It only looks.');
    const page = await ask('/');
    expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    expect((await (await ask('/api/board')).json()).worktrees.length).toBe(3);
    child.kill('SIGINT');
    expect([await end, told.stderr]).toEqual([0, '']);
  });

  test('ends at once while somebody follows, and by SIGTERM', async () => {
    const { ask, child, end } = await started();
    const { body } = await ask('/api/events');
    const reading = body.getReader().read();
    await reading;
    const start = performance.now();
    child.kill('SIGTERM');
    expect(await end).toBe(0);
    expect(performance.now() - start).toBeLessThan(3000);
  });

  test('changes nothing: the file is opened to be read', async () => {
    const { db, post } = await started();
    expect((await post('/api/move', DROP)).status).toBe(403);
    expect(db.getWorktreeZone('wt-1')).toBe(null);
  });

  test('--write lets it, in the name of the user who is logged in', async () => {
    const { db, post, told } = await started({ args: ['--write', '--no-open'] });
    expect(told.stdout).toContain('It may change the board.');
    expect((await post('/api/move', DROP)).status).toBe(200);
    const [{ to, by }] = db.getMoves().items;
    expect([to, by.kind, typeof by.id]).toEqual(['zone-2', 'user', 'string']);
  });

  test('what others write is there', async () => {
    const { db, ask } = await started();
    db.updateWorktree('wt-1', { status: 'review' });
    const { worktrees } = await (await ask('/api/board')).json();
    expect(worktrees.find(({ id }) => id === 'wt-1').status).toBe('review');
  });

  test('--json prints the address for a program', async () => {
    const { told, child, end } = await started({ args: ['--json', '--no-open'] });
    expect(JSON.parse(told.stdout)).toEqual({
      url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/\?token=[\w-]{43}$/),
      write: false,
    });
    child.kill('SIGINT');
    expect(await end).toBe(0);
  });

  test('--port says where; one that is taken is an error', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const { port } = taken.address();
    const { status, stderr } = visualDb('studio', temporaryBoard(), '--no-open', '--port', String(port));
    expect([status, stderr]).toEqual([1, expect.stringContaining('EADDRINUSE')]);
    taken.close();
    await once(taken, 'close');
    const { url } = await started({ args: ['--no-open', '--port', String(port)] });
    expect(url.port).toBe(String(port));
  });

  test.skipIf(process.platform !== 'linux')('opens the browser, unless --no-open', async () => {
    const folder = temporaryFolder();
    const opened = join(folder, 'opened');
    mkdirSync(join(folder, 'bin'));
    writeFileSync(join(folder, 'bin/xdg-open'), `#!/bin/sh\nprintf %s "$1" > '${opened}'\n`);
    chmodSync(join(folder, 'bin/xdg-open'), 0o755);
    const env = { PATH: `${join(folder, 'bin')}:${process.env.PATH}` };
    const { url } = await started({ args: [], env });
    for (let n = 0; n < 200 && !(existsSync(opened) && readFileSync(opened, 'utf8')); n += 1) await pause(10);
    const given = readFileSync(opened, 'utf8');
    // Everybody on the machine sees what a process is started with.
    expect(given.split('token=')[0]).toBe(url.href.split('token=')[0]);
    expect(given).not.toBe(url.href);
    const enter = async () => (await fetch(given, { redirect: 'manual' })).status;
    expect([await enter(), await enter()]).toEqual([303, 401]);
  });

  test('without a browser it goes on', async () => {
    const { ask } = await started({ args: [], env: { PATH: temporaryFolder() } });
    expect((await ask('/api/info')).status).toBe(200);
  });

  test.each([
    [['/nowhere/visual.db'], 1],
    [[''], 2],
    [['--port', '70000'], 2],
    [['--port', 'x'], 2],
  ])('%j ends with %i', (args, expected) => {
    expect(visualDb('studio', '--no-open', ...args).status).toBe(expected);
  });

  test('has --help with examples, and how to look from another machine', () => {
    const { status, stdout } = visualDb('studio', '--help');
    expect([status, stdout]).toEqual([0, expect.stringContaining('ssh -L')]);
  });
});

function temporaryBoard() {
  const dbPath = temporaryFile();
  board({ dbPath });
  return dbPath;
}
