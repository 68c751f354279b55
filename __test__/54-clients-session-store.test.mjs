import { createRequire } from 'node:module';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openCanvas } from './support/canvas.mjs';

const require = createRequire(import.meta.url);
const session = require('express-session');
const SqliteStore = require('better-sqlite3-session-store')(session);

let visual;
let store;
beforeEach(() => {
  visual = openCanvas();
  store = new SqliteStore({ client: visual.db, expired: { intervalMs: 2 ** 30 } });
});
afterEach(() => visual.close());

const call = (name, ...args) => promisify(store[name].bind(store))(...args);

describe('better-sqlite3-session-store on `db.db`', () => {
  test('keeps, gives and forgets sessions in a table beside the canvas', async () => {
    await call('set', 'sid', { user: 'ada', cookie: { maxAge: 60_000 } });
    expect(await call('get', 'sid')).toEqual({ user: 'ada', cookie: { maxAge: 60_000 } });
    expect(await call('length')).toBe(1);
    await call('touch', 'sid', { cookie: { expires: new Date(Date.now() + 60_000).toISOString() } });
    await call('destroy', 'sid');
    expect(await call('get', 'sid')).toBe(null);
    expect(visual.getStats().worktrees).toBe(3);
  });

  test('counts, lists and clears', async () => {
    await call('set', 'a', { n: 1 });
    await call('set', 'b', { n: 2 });
    expect((await call('all')).map(({ sid }) => sid).sort()).toEqual(['a', 'b']);
    await call('clear');
    expect(await call('length')).toBe(0);
  });

  test('gives no session that has expired, and clears it away', async () => {
    await call('set', 'old', { cookie: { maxAge: -5000 } });
    expect(await call('get', 'old')).toBe(null);
    expect(await call('length')).toBe(1);
    store.clearExpiredSessions();
    expect(await call('length')).toBe(0);
  });

  test('passes errors on', async () => {
    visual.db.exec('DROP TABLE sessions');
    await expect(call('get', 'sid')).rejects.toMatchObject({
      code: 'SQLITE_ERROR',
      message: 'no such table: sessions',
    });
  });
});
