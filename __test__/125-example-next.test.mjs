// examples/next: copied, with Next.js and the packed package in its node_modules, built by `next build`, started by `next start`, and asked.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { ROOT, packagesOfExamples } from './support/examples.mjs';
import { worktree, zone } from './support/samples.mjs';
import { VisualDatabase } from './support/visual_database.mjs';

const env = { ...process.env, NEXT_TELEMETRY_DISABLED: '1', NODE_ENV: 'production' };
let folder;
let db;
let server;
let url;

beforeAll(async () => {
  const packages = path.join(path.dirname(packagesOfExamples()), 'node_modules');
  folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'visual-db-next-')));
  fs.cpSync(path.join(ROOT, 'examples/next'), folder, { recursive: true });
  // Next follows no link out of the project: all is there as npm would have laid it.
  fs.cpSync(packages, path.join(folder, 'node_modules'), { recursive: true, verbatimSymlinks: true });
  const npm = (...args) =>
    execFileSync('npm', [...args, '--ignore-scripts', '--loglevel=error'], { cwd: ROOT, encoding: 'utf8' });
  const [{ filename }] = JSON.parse(npm('pack', '--json', '--pack-destination', folder));
  const target = path.join(folder, 'node_modules/@ai-orchestra/visual-db');
  fs.mkdirSync(target, { recursive: true });
  execFileSync('tar', ['-xzf', path.join(folder, filename), '--strip-components=1', '-C', target]);

  const dbPath = path.join(folder, 'board.db');
  db = new VisualDatabase({ dbPath });
  for (const n of [1, 2]) db.createZone(zone(n));
  for (const n of [1, 2, 3]) db.createWorktree(worktree(n));
  const next = path.join(folder, 'node_modules/next/dist/bin/next');
  execFileSync(process.execPath, [next, 'build'], { cwd: folder, env, stdio: 'pipe' });
  server = spawn(process.execPath, [next, 'start', '--hostname', '127.0.0.1', '--port', '0'], {
    cwd: folder,
    env: { ...env, VISUAL_DB_PATH: dbPath },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let told = '';
  for await (const text of server.stdout.setEncoding('utf8')) {
    told += text;
    url = /http:\/\/127\.0\.0\.1:\d+/.exec(told)?.[0];
    if (/Ready/.test(told)) break;
  }
  if (!url) throw new Error(told);
}, 300_000);
afterAll(async () => {
  if (server) {
    server.kill('SIGTERM');
    await once(server, 'exit');
  }
  db?.close();
  if (folder) fs.rmSync(folder, { recursive: true, force: true });
}, 60_000);

const ask = async (at, body) => {
  const response = await fetch(`${url}${at}`, body && { method: 'POST', body: JSON.stringify(body) });
  return { status: response.status, answer: await response.json() };
};
beforeEach(() => db.removeWorktreeFromZone('wt-1'));

describe('route handlers', () => {
  test('give the board as it is now, whoever changes it', async () => {
    expect((await ask('/api/board')).answer.worktrees).toHaveLength(3);
    db.createWorktree(worktree(4));
    expect((await ask('/api/board')).answer.worktrees).toHaveLength(4);
    db.deleteWorktree('wt-4');
  });

  test('move a worktree', async () => {
    const { status, answer } = await ask('/api/worktrees/wt-1/move', { zoneId: 'zone-1', reason: 'ready' });
    expect([status, answer.move.reason]).toEqual([200, 'ready']);
    expect(db.getWorktreeZone('wt-1')).toBe('zone-1');
  });

  test('put runs into the queue, and list them', async () => {
    const run = { zoneId: 'zone-1', worktreeId: 'wt-1', agentType: 'qa', prompt: 'Test' };
    const { status, answer } = await ask('/api/runs', run);
    expect([status, answer.status]).toEqual([201, 'queued']);
    expect((await ask('/api/runs?status=queued')).answer.items.map(({ id }) => id)).toEqual([answer.id]);
    expect((await ask('/api/runs?status=lost')).answer.items).toEqual([]);
  });

  test('say what is refused, with its code', async () => {
    const conflict = await ask('/api/worktrees/wt-1/move', { zoneId: 'zone-1', expectedZoneId: 'zone-2' });
    expect([conflict.status, conflict.answer.error.code]).toEqual([409, 'ERR_CONFLICT']);
    const unknown = await ask('/api/runs', { zone: 'zone-1' });
    expect([unknown.status, unknown.answer.error.code]).toEqual([400, 'ERR_UNKNOWN_KEY']);
    expect((await ask('/api/worktrees/nobody/move', { zoneId: 'zone-1' })).status).toBe(404);
  });
});

test('the feed tells of what others change, and goes on where it was left', async () => {
  const follow = async (headers, until) => {
    const stop = new AbortController();
    const { body } = await fetch(`${url}/api/events`, { headers, signal: stop.signal });
    let told = '';
    for await (const text of body.pipeThrough(new TextDecoderStream())) {
      told += text;
      if (told.startsWith(': connected') && !until(told)) continue;
      break;
    }
    stop.abort();
    return told;
  };
  const heard = follow({}, (told) => /"entity"/.test(told));
  const changes = setInterval(() => db.updateWorktree('wt-2', { status: `at ${Date.now()}` }), 200);
  const first = await heard;
  clearInterval(changes);
  expect(first).toMatch(/data: \{.*"wt-2"/);
  const [, id] = /id: (.+)\n/.exec(first);
  db.updateWorktree('wt-3', { status: 'review' });
  expect(await follow({ 'last-event-id': id }, (told) => /"wt-3"/.test(told))).toContain('"wt-3"');
});

test('the page is made of the board at each request', async () => {
  db.assignWorktreeToZone('wt-1', 'zone-1');
  const html = await (await fetch(url)).text();
  expect(html).toMatch(/Zone 1<\/h2><ul><li>feature\/1/);
});
