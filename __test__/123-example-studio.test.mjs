// examples/studio: copied, started, and asked with its password and without.
import { describe, expect, test } from 'vitest';
import { copied, started } from './support/examples.mjs';
import { board } from './support/runs.mjs';
import { temporaryFile } from './support/temporary.mjs';

async function running() {
  const dbPath = temporaryFile();
  const db = board({ dbPath });
  const env = { VISUAL_DB_PATH: dbPath, PORT: '0', PASSWORD: 'sécret' };
  const server = started(copied('studio'), 'server.mjs', [], env);
  const url = await server.line();
  const authorization = `Basic ${Buffer.from('studio:sécret').toString('base64')}`;
  const ask = (path, { headers, ...options } = {}) =>
    fetch(new URL(path, url), { headers: { authorization, ...headers }, redirect: 'manual', ...options });
  return { db, server, url, ask };
}

describe('Studio in a server of somebody’s own', () => {
  test('is there for a person who has logged in, and for nobody else', async () => {
    const { url, ask } = await running();
    for (const path of ['/studio/', '/studio/studio.js', '/studio/api/board', '/studio/api/events', '/'])
      expect((await fetch(new URL(path, url))).status).toBe(401);
    expect((await ask('/studio/')).headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect((await ask('/studio')).headers.get('location')).toBe('/studio/');
    expect((await (await ask('/studio/api/board')).json()).worktrees.length).toBe(3);
    expect(await (await ask('/')).text()).toBe('3 worktrees; see /studio/\n');
    expect((await ask('/studious')).status).toBe(404);
  });

  test('changes the board for its own page, and for no other one', async () => {
    const { db, url, ask } = await running();
    const move = (origin) =>
      ask('/studio/api/move', {
        method: 'POST',
        headers: { origin, 'content-type': 'application/json' },
        body: JSON.stringify({ worktreeId: 'wt-1', zoneId: 'zone-2' }),
      });
    expect((await move('http://elsewhere.example')).status).toBe(403);
    expect(db.getWorktreeZone('wt-1')).toBe(null);
    expect((await move(new URL(url).origin)).status).toBe(200);
    expect(db.getMoves().items[0].by).toEqual({ kind: 'user', id: 'studio' });
  });

  test('ends with 0 when it is told to, also while somebody follows', async () => {
    const { server, ask } = await running();
    const { body } = await ask('/studio/api/events');
    await body.getReader().read();
    server.child.kill('SIGTERM');
    expect([await server.end, server.told.stderr]).toEqual([0, '']);
  });

  test('doesn’t start without a password', async () => {
    const server = started(copied('studio'), 'server.mjs', [], { PASSWORD: '' });
    expect(await server.end).toBe(1);
    expect(server.told.stderr).toContain('PASSWORD has to be set');
  });
});
