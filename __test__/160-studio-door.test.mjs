// Who may come into Studio, and who is kept out: other pages, other names, other users of the machine.
import { connect } from 'node:net';
import { describe, expect, test } from 'vitest';
import { board, refusal } from './support/runs.mjs';
import { createStudioHandler, mounted, served } from './support/studio.mjs';
import { open, temporaryFile } from './support/temporary.mjs';

const API = '/api/board';

describe('the token', () => {
  test('in the address becomes a cookie that no script reads and no other site sends, and leaves the address', async () => {
    const { entered } = await served(board());
    expect(entered.status).toBe(303);
    expect(entered.headers.location).toBe('/');
    expect(entered.headers['set-cookie'][0]).toMatch(
      /^studio_[\da-f]{12}=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict$/,
    );
  });

  test('is not what the cookie is', async () => {
    const { token, cookie } = await served(board());
    expect(cookie).not.toContain(token);
  });

  test.each(['/', '/studio.js', API, '/api/events', '/api/sql', '/api/nothing'])(
    'without it or its cookie %s is refused',
    async (path) => {
      const { asked } = await served(board());
      const { status, text } = await asked(path);
      expect([status, JSON.parse(text).error.code]).toEqual([401, 'ERR_FORBIDDEN']);
    },
  );

  test('that is another one is refused, of whatever length', async () => {
    const { asked, token } = await served(board());
    for (const wrong of ['', 'x', token.slice(1), `${token}x`, token.toLowerCase(), `${'x'.repeat(10_000)}`])
      expect((await asked(`/?token=${wrong}`)).status).toBe(401);
  });

  test('is another one each time, and its cookie only its own', async () => {
    const [one, other] = [await served(board()), await served(board())];
    expect(one.token).not.toBe(other.token);
    expect((await other.asked(API, { headers: { cookie: one.cookie } })).status).toBe(401);
    // Browsers send those of all ports of a machine.
    expect((await other.asked(API, { headers: { cookie: `${one.cookie}; ${other.cookie}` } })).status).toBe(200);
  });

  test('that was followed from another page leads on by a page of our own, since no redirect would bring the cookie', async () => {
    const { asked, token } = await served(board());
    const headers = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' };
    const { status, text, headers: told } = await asked(`/?token=${token}`, { headers });
    expect([status, text]).toEqual([200, expect.stringContaining('content="0; url=/"')]);
    expect(told['set-cookie'][0]).toContain('SameSite=Strict');
    const hostile = await asked(`/"><script>?token=${token}`, { headers });
    expect(hostile.text).not.toContain('<script>');
  });

  test('does not come in by POST, where a form of another page could bring it', async () => {
    const { asked, token, origin } = await served(board(), { write: true });
    expect((await asked(`/api/undo?token=${token}`, { method: 'POST', headers: { origin } })).status).toBe(401);
  });
});

describe('another name of this machine', () => {
  test.each([
    'evil.example',
    'evil.example:80',
    '127.0.0.1.evil.example',
    'localhost.evil.example',
    '0.0.0.0',
    '127.0.0.1:1x',
  ])('%j in Host is refused: somebody made it ours (DNS rebinding)', async (host) => {
    const { ask } = await served(board());
    expect((await ask(API, { headers: { host } })).status).toBe(403);
  });

  test.each(['localhost:9999', '127.0.0.1', '[::1]:4983'])(
    '%s is fine: behind ssh -L the port is another one',
    async (host) => {
      const { ask } = await served(board());
      expect((await ask(API, { headers: { host } })).status).toBe(200);
    },
  );
});

describe('another page', () => {
  test.each(['http://evil.example', 'null', 'http://127.0.0.1:1', 'https://', 'http://localhost.evil.example'])(
    'with the origin %s is refused, also where a browser sends the cookie',
    async (origin) => {
      const { ask } = await served(board(), { write: true });
      const sent = { headers: { origin, 'content-type': 'application/json' }, body: '{}' };
      expect((await ask('/api/undo', { method: 'POST', ...sent })).status).toBe(403);
      expect((await ask(API, { headers: { origin } })).status).toBe(403);
    },
  );

  test('is refused by what the browser says of it, without an origin, too', async () => {
    const { ask } = await served(board());
    for (const site of ['cross-site', 'same-site'])
      expect((await ask(API, { headers: { 'sec-fetch-site': site, 'sec-fetch-mode': 'no-cors' } })).status).toBe(403);
    expect((await ask(API, { headers: { 'sec-fetch-site': 'same-origin' } })).status).toBe(200);
  });

  test('that changes something has to say where it is of', async () => {
    const { ask } = await served(board(), { write: true });
    const json = { 'content-type': 'application/json' };
    expect((await ask('/api/undo', { method: 'POST', headers: json, body: '{}' })).status).toBe(403);
  });

  test('can send a form, but no JSON without being asked: what is no JSON is refused', async () => {
    const { ask, origin } = await served(board(), { write: true });
    const headers = { origin, 'content-type': 'text/plain' };
    expect((await ask('/api/undo', { method: 'POST', headers, body: '{}' })).status).toBe(415);
  });

  test('gets no right to read: there is no CORS header, and a preflight is refused', async () => {
    const { ask } = await served(board());
    const asked = await ask(API);
    expect(Object.keys(asked.headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
    const preflight = { origin: 'http://evil.example', 'access-control-request-method': 'POST' };
    expect((await ask('/api/undo', { method: 'OPTIONS', headers: preflight })).status).toBe(403);
  });
});

describe('every answer', () => {
  test.each(['/', '/studio.js', API, '/nothing', '/api/nothing'])(
    '%s lets nothing run but the page’s own files, and nobody frame it',
    async (path) => {
      const { ask } = await served(board());
      const { headers } = await ask(path);
      const policy = headers['content-security-policy'];
      expect(policy).toMatch(/^default-src 'none'; script-src 'self'; style-src 'self';/);
      expect(policy).not.toMatch(/unsafe|https?:|\*/);
      expect(policy).toContain("frame-ancestors 'none'");
      expect(headers['x-content-type-options']).toBe('nosniff');
      expect(headers['referrer-policy']).toBe('no-referrer');
      expect(headers['cross-origin-resource-policy']).toBe('same-origin');
    },
  );

  test('of data is JSON, which no browser takes for a page', async () => {
    const db = board();
    db.updateZone('zone-1', { name: '<script>alert(1)</script>' });
    const { ask } = await served(db);
    const { headers, text } = await ask(API);
    expect(headers['content-type']).toBe('application/json; charset=utf-8');
    expect(headers['cache-control']).toBe('no-store');
    expect(JSON.parse(text).zones.map(({ name }) => name)).toContain('<script>alert(1)</script>');
  });
});

describe('a path', () => {
  const { pathname } = new URL('..', import.meta.url);

  test.each([
    '/../package.json',
    '/..%2fpackage.json',
    '/%2e%2e/package.json',
    '/studio.js/../../package.json',
    '/....//package.json',
    '/..\\package.json',
    '//etc/passwd',
    '/studio.js%00.html',
    `${pathname}package.json`,
    '/index.html',
    '/constructor',
    '/__proto__',
    '/api/__proto__',
    '/api/constructor',
    'http://evil.example/',
    '*',
  ])('%s leads to no file', async (path) => {
    const { ask } = await served(board());
    const { status, text } = await ask(path);
    if (path !== 'http://evil.example/') expect(status).toBeGreaterThanOrEqual(400);
    expect(text).not.toContain('"license"');
    expect(text).not.toContain('root:');
  });
});

describe('mounted in a server of somebody’s own', () => {
  test('its login decides', async () => {
    const authorize = ({ headers }) => headers.authorization === 'Bearer good';
    const { asked } = await mounted(board(), { authorize, basePath: '/studio' });
    expect((await asked('/studio/api/board')).status).toBe(401);
    expect((await asked('/studio/api/board', { headers: { authorization: 'Bearer good' } })).status).toBe(200);
    expect((await asked('/api/board', { headers: { authorization: 'Bearer good' } })).status).toBe(404);
  });

  test('its address without the last slash leads to the one with it, which its files are named from', async () => {
    const { asked } = await mounted(board(), { authorize: () => true, basePath: '/studio' });
    const { status, headers } = await asked('/studio');
    expect([status, headers.location]).toEqual([308, '/studio/']);
    for (const path of ['/studio/', '/studio/studio.js', '/studio/studio.css', '/studio/api/info'])
      expect((await asked(path)).status).toBe(200);
    expect((await asked('/studious/')).status).toBe(404);
  });

  test('and may take its time; only true lets in', async () => {
    for (const answer of [false, 1, 'yes', undefined]) {
      const { asked } = await mounted(board(), { authorize: async () => answer });
      expect((await asked(API)).status).toBe(401);
    }
    const { asked } = await mounted(board(), { authorize: async () => true });
    expect((await asked(API)).status).toBe(200);
  });

  test('other pages are kept out all the same, by whatever name the server has', async () => {
    const { asked } = await mounted(board(), { authorize: () => true, write: true });
    const from = (origin) => ({ host: 'board.example', origin, 'content-type': 'application/json' });
    const undo = (origin) => asked('/api/undo', { method: 'POST', headers: from(origin), body: '{}' });
    expect((await undo('https://evil.example')).status).toBe(403);
    expect((await undo('https://board.example')).status).toBe(200);
  });

  test('nobody forgets to say who may come in', () => {
    const db = open({ dbPath: temporaryFile() });
    const of = (options) => refusal(() => createStudioHandler(db, options));
    const wrong = { name: 'TypeError', code: 'ERR_INVALID_ARG_VALUE', method: 'createStudioHandler' };
    expect(of()).toMatchObject({ ...wrong, field: 'authorize' });
    expect(of({ token: 'x'.repeat(32), authorize: () => true })).toMatchObject({ ...wrong, field: 'authorize' });
    expect(of({ token: 'short' })).toMatchObject({ ...wrong, field: 'token' });
    expect(of({ authorize: true })).toMatchObject({ ...wrong, field: 'authorize' });
    expect(of({ authorize: () => true, basePath: '/a/../b/' })).toMatchObject({ ...wrong, field: 'basePath' });
    expect(of({ authorize: () => true, write: 1 })).toMatchObject({ ...wrong, field: 'write' });
    expect(of({ authorize: () => true, wirte: true })).toMatchObject({ ...wrong, field: 'wirte' });
    expect(of({ authorize: () => true, actor: { kind: 'cat', id: 'tom' } })).toMatchObject({ name: 'TypeError' });
    expect(refusal(() => createStudioHandler({}, { authorize: () => true }))).toMatchObject({ ...wrong, field: 'db' });
  });
});

describe('a client that connects and says little', () => {
  test('1,000 connections that say nothing keep nobody out, and are cut', { timeout: 60_000 }, async () => {
    const { origin, get } = await served(board());
    const { port } = new URL(origin);
    const closed = [];
    const sockets = await Promise.all(
      Array.from({ length: 1000 }, async () => {
        const socket = connect(Number(port), '127.0.0.1');
        socket.on('error', () => {});
        closed.push(new Promise((resolve) => socket.once('close', resolve)));
        await new Promise((resolve) => socket.once('connect', resolve));
        socket.resume().write('GET / HTTP/1.1\r\nHost: ');
        return socket;
      }),
    );
    const start = performance.now();
    expect((await get('/api/board')).status).toBe(200);
    expect(performance.now() - start).toBeLessThan(1000);
    await Promise.all(closed);
    expect(sockets.every(({ destroyed }) => destroyed)).toBe(true);
  });

  test('a body that never ends is refused once it is too long', async () => {
    const { ask, origin } = await served(board(), { write: true });
    const headers = { origin, 'content-type': 'application/json' };
    const { status } = await ask('/api/undo', { method: 'POST', headers, body: `"${'x'.repeat(300_000)}"` });
    expect(status).toBe(413);
  });

  test('a body that is no object is refused', async () => {
    const { ask, origin } = await served(board(), { write: true });
    const headers = { origin, 'content-type': 'application/json' };
    for (const body of ['', '{', 'null', '[]', '1'])
      expect((await ask('/api/undo', { method: 'POST', headers, body })).status).toBe(400);
  });
});
