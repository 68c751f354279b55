// `visual-db studio` on a board that is on a server: the same page, live, without what is a file's.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { COMMAND } from './support/backups.mjs';
import { temporarySchema } from './support/postgres/databases.mjs';
import { board } from './support/runs.mjs';
import { sql } from './support/sql.mjs';
import { following } from './support/studio.mjs';

vi.setConfig({ testTimeout: 60_000 });

/** A board and `studio` on it in a process of its own, which looks only. */
async function started(...args) {
  const { url, schema } = temporarySchema();
  const db = board({ url, schema });
  const env = { ...process.env, VISUAL_DB_PATH: url, VISUAL_DB_SCHEMA: schema };
  const child = spawn(process.execPath, [COMMAND, 'studio', '--no-open', '--json', ...args], { env });
  onTestFinished(() => child.kill('SIGKILL'));
  let printed = '';
  child.stdout.setEncoding('utf8').on('data', (text) => (printed += text));
  while (!printed.includes('\n')) await once(child.stdout, 'data');
  const page = new URL(JSON.parse(printed).url);
  const entered = await fetch(page, { redirect: 'manual' });
  const cookie = entered.headers.get('set-cookie').split(';')[0];
  const answer = async (path) => (await fetch(new URL(path, page), { headers: { cookie } })).json();
  const ask = async (sql) => {
    const headers = { cookie, origin: page.origin, 'content-type': 'application/json' };
    const asked = await fetch(new URL('/api/sql', page), { method: 'POST', headers, body: JSON.stringify({ sql }) });
    return { status: asked.status, ...(await asked.json()) };
  };
  return { db, url, child, answer, ask, studio: { origin: page.origin, cookie } };
}

it('shows the board, and what is changed on it, as it happens', async () => {
  const { db, answer, studio } = await started();
  const { worktrees, next } = await answer('/api/board');
  expect(worktrees).toEqual(db.getBoard().worktrees);
  const reader = following(studio, { after: next });
  db.moveWorktree('wt-1', 'zone-2');
  const { data } = await reader.until(({ data }) => data?.entity === 'assignment');
  expect(data.fields).toMatchObject({ worktreeId: 'wt-1', zoneId: 'zone-2' });
});

it('says nothing of the server but the name of its database', async () => {
  const { url, answer } = await started();
  const { name, views } = await answer('/api/info');
  expect(name).toBe(new URL(url).pathname.slice(1));
  expect(views).toMatchObject({ sql: true, backups: false, doctor: true });
  const all = [await answer('/api/info'), await answer('/api/doctor'), await answer('/api/sizes')];
  expect(JSON.stringify(all)).not.toContain(new URL(url).host);
});

describe('SQL', () => {
  it('that reads gives its columns, its rows and its plan', async () => {
    const { ask } = await started();
    const { columns, rows, plan, truncated, durationMs } = await ask(
      'SELECT id, port, NULL AS nothing FROM worktrees ORDER BY id -- all of them',
    );
    expect([columns, rows[0], rows.length, truncated]).toEqual([
      ['id', 'port', 'nothing'],
      ['wt-1', '3001', null],
      3,
      false,
    ]);
    expect(durationMs).toBeGreaterThan(0);
    expect(plan[0]).toMatchObject({ id: 1, parent: 0 });
    expect(plan.some(({ parent }) => parent === 1)).toBe(true);
  });

  it('shows a thousand rows, and says that there are more', async () => {
    const { ask } = await started();
    const { rows, truncated } = await ask('SELECT n FROM generate_series(1, 100000) AS n');
    expect([rows.length, rows.at(-1), truncated]).toEqual([1000, ['1000'], true]);
    expect((await ask('SELECT n FROM generate_series(1, 1000) AS n')).truncated).toBe(false);
    expect((await ask('SELECT 1 AS one WHERE false')).columns).toEqual(['one']);
  });

  it.each([
    ['what writes', "UPDATE worktrees SET status = 'x'"],
    ['what writes within a query', 'WITH gone AS (DELETE FROM worktrees RETURNING id) SELECT * FROM gone'],
    ['what writes by a function', "SELECT setval(pg_get_serial_sequence('changes', 'seq'), 9)"],
    ['a second statement', 'SELECT 1; DELETE FROM worktrees'],
    ['the end of the transaction', 'SELECT 1; COMMIT; DELETE FROM worktrees; BEGIN'],
    ['another transaction', "SELECT set_config('transaction_read_only', 'off', true)"],
    ['what no query is', 'COMMIT'],
    ['a program of the server', "COPY worktrees TO PROGRAM 'cat'"],
    ['nothing', '  '],
    ['nonsense', 'SELEC 1'],
    ['U+0000', 'SELECT 1\0'],
  ])('refuses %s', async (_, text) => {
    const { db, ask } = await started();
    const before = db.getBoard();
    const { status, error } = await ask(text);
    expect([status, error.code]).toEqual([400, 'ERR_SQL']);
    expect(error.message).not.toBe('');
    expect(db.getBoard()).toEqual(before);
  });

  it('that takes too long is ended, on the server as well', async () => {
    const { db, ask } = await started();
    const { status } = await ask('SELECT pg_sleep(60) /* a long look */');
    expect([400, 408]).toContain(status);
    const busy = "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND query LIKE '%a long ' || 'look%'";
    await vi.waitUntil(() => sql(db).prepare(busy).pluck().get() === 0, 5000);
  });
});

it('ends by Ctrl-C', async () => {
  const { child } = await started();
  child.kill('SIGINT');
  expect(await once(child, 'close')).toEqual([0, null]);
});
