// `visual-db studio` on a board that is on a server: the same page, live, without what is a file's.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, it, onTestFinished, vi } from 'vitest';
import { COMMAND } from './support/backups.mjs';
import { temporarySchema } from './support/postgres/databases.mjs';
import { board } from './support/runs.mjs';
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
  return { db, url, child, answer, studio: { origin: page.origin, cookie } };
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
  expect(views).toMatchObject({ sql: false, backups: false, doctor: true });
  const all = [await answer('/api/info'), await answer('/api/doctor'), await answer('/api/sizes')];
  expect(JSON.stringify(all)).not.toContain(new URL(url).host);
});

it('ends by Ctrl-C', async () => {
  const { child } = await started();
  child.kill('SIGINT');
  expect(await once(child, 'close')).toEqual([0, null]);
});
