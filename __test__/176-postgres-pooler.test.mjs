// Behind PgBouncer in transaction mode: each transaction may run on another session of the server, and none of them may be left
// with anything. Where there is no `pgbouncer` (Debian's, `apt-get install pgbouncer`), these are left out; the gate installs it.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { give, owner } from './support/postgres/binaries.mjs';
import { startScript } from './support/child.mjs';
import { other, ownUrl, server } from './support/postgres/databases.mjs';
import { readBack } from './support/rows.mjs';
import { board, wanted } from './support/runs.mjs';
import { furnish, worktree } from './support/samples.mjs';
import { open } from './support/temporary.mjs';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const PROGRAM = ['/usr/sbin/pgbouncer', '/usr/bin/pgbouncer'].find((file) => fs.existsSync(file));
const PASSWORD = 'of the pool';

let folder;
let pooler;
let port;
let schemas = 0;

const freePort = () =>
  new Promise((resolve) => {
    const listener = net.createServer().listen(0, '127.0.0.1', () => {
      const { port } = listener.address();
      listener.close(() => resolve(port));
    });
  });

const reachable = (to) =>
  new Promise((resolve, reject) => {
    const socket = net.connect({ port: to, host: '127.0.0.1' });
    socket.once('connect', () => resolve(socket.destroy())).once('error', reject);
  });

describe.runIf(PROGRAM).each([
  ['refuses what a session is to begin with', ''],
  ['leaves it out', 'ignore_startup_parameters = options\n'],
])('PgBouncer in transaction mode, which %s', (_, setting) => {
  beforeAll(async () => {
    folder = fs.mkdtempSync(join(server.folder, 'pool-'));
    port = await freePort();
    fs.writeFileSync(join(folder, 'users'), `"postgres" "${PASSWORD}"\n`);
    fs.writeFileSync(
      join(folder, 'pgbouncer.ini'),
      `[databases]\n* = host=${server.folder} port=${server.port} user=postgres\n[pgbouncer]\nlisten_addr = 127.0.0.1\n` +
        `listen_port = ${port}\nunix_socket_dir =\nauth_type = plain\nauth_file = ${join(folder, 'users')}\n` +
        `pool_mode = transaction\ndefault_pool_size = 3\nmax_client_conn = 100\n${setting}`,
    );
    give(folder);
    pooler = spawn(PROGRAM, [join(folder, 'pgbouncer.ini')], { ...owner(), stdio: ['ignore', 'ignore', 'pipe'] });
    let words = '';
    pooler.stderr.setEncoding('utf8').on('data', (text) => (words += text));
    await vi
      .waitFor(() => reachable(port), { timeout: 10_000 })
      .catch((error) => {
        throw new Error(`${error.message}: ${words}`);
      });
  });

  afterAll(() => {
    pooler?.kill('SIGKILL');
    if (folder) fs.rmSync(folder, { recursive: true, force: true });
  });

  /** Opens through the pooler, and beside it. */
  function both() {
    const database = new URL(ownUrl()).pathname;
    const url = `postgres://postgres:${encodeURIComponent(PASSWORD)}@127.0.0.1:${port}${database}`;
    const schema = `pooled ${(schemas += 1)}`;
    return { at: { url, schema }, direct: { url: ownUrl(), schema } };
  }

  /** Locks of sessions of this file's database. */
  const HELD = `SELECT count(*) AS held FROM pg_locks JOIN pg_database ON pg_database.oid = database
    WHERE locktype = 'advisory' AND datname = current_database()`;
  const locks = () => other().query({ url: ownUrl() }, HELD).rows[0].held;

  it('opens a board that is not there yet, and answers as the server itself does', () => {
    const { at, direct } = both();
    const [db, beside] = [furnish(open(at)), open(direct)];
    expect(db.listWorktrees()).toEqual(beside.listWorktrees());
    expect(readBack(db)).toEqual(readBack(beside));
    for (let n = 0; n < 3; n += 1) expect(db.getStats()).toEqual(beside.getStats());
  });

  it('runs are claimed, waited for, worked on and ended; no lock is left', async () => {
    const { at, direct } = both();
    const [db, worker, beside] = [board(at), open(at), open(direct)];
    db.setRunLimit({}, 1);
    db.setBudget({ period: 'day' }, 100);
    const waits = worker.waitForRun({ workerId: 'w', signal: AbortSignal.timeout(20_000) });
    const { id } = db.enqueueRun(wanted());
    const { run, token } = await waits;
    expect(run.id).toBe(id);
    db.enqueueRun(wanted());
    expect(db.claimRun({ workerId: 'other' })).toBeNull();
    worker.heartbeatRun(id, token);
    worker.recordUsage(id, { model: 'm', costMicros: 100 });
    worker.appendOutput(id, token, [{ stream: 'stdout', text: 'x' }]);
    expect(worker.finishRun(id, token, { status: 'succeeded' }).status).toBe('succeeded');
    expect(db.claimRun({ workerId: 'other' })).toBeNull();
    expect(() => db.finishRun(id, token + 1, { status: 'failed' })).toThrow(/token/);
    expect(beside.getRun(id)).toEqual(db.getRun(id));
    expect(locks()).toBe(0);
  });

  it('transactions keep together, whoever else is served in between', () => {
    const { at, direct } = both();
    const [one, two, beside] = [furnish(open(at)), open({ ...at, timeout: 0 }), open(direct)];
    one.transaction(() => {
      one.createWorktree(worktree(9));
      expect(two.getWorktree('wt-9')).toBeNull();
      expect(() => two.createWorktree(worktree(10))).toThrow('database is locked');
      expect(() => one.createWorktree(worktree(9))).toThrow(/UNIQUE/);
      one.createWorktree(worktree(11));
    });
    expect(beside.getStats().worktrees).toBe(5);
    expect(() => one.transaction(() => one.deleteWorktree('nobody'))).toThrow(/not found/);
    expect(two.createWorktree(worktree(10)).id).toBe('wt-10');
    expect(locks()).toBe(0);
  });

  it('more connections than the pool has sessions count up without a loss', async () => {
    const { at, direct } = both();
    open(at).createWorktree(worktree(1, { taskId: '0' }));
    const count = `
      const db = new VisualDatabase({ ...at, timeout: 30000 });
      for (let n = 0; n < 50; n++)
        db.transaction(() => db.updateWorktree('wt-1', { taskId: String(Number(db.getWorktree('wt-1').taskId) + 1) }));
      db.close();`;
    const ended = await Promise.all(Array.from({ length: 6 }, () => startScript(count, { at }).ended));
    expect(ended.map(({ code, stderr }) => `${code}${stderr}`)).toEqual(ended.map(() => '0'));
    expect(open(direct).getWorktree('wt-1').taskId).toBe('300');
    expect(locks()).toBe(0);
  });

  it('leaves no session with another setting or a statement of its own', () => {
    const { at } = both();
    const db = furnish(open(at));
    db.transaction(() => db.updateWorktree('wt-1', { status: 'x' }));
    db.listWorktrees();
    // Through the pooler, so on the very sessions that were used.
    const pool = { url: at.url };
    for (let n = 0; n < 5; n += 1) {
      expect(other().query(pool, 'SELECT count(*) AS own FROM pg_prepared_statements').rows[0].own).toBe(0);
      const changed =
        "SELECT name FROM pg_settings WHERE source = 'session' AND name NOT IN ('application_name', 'client_encoding', 'search_path')";
      expect(other().query(pool, changed).rows).toEqual([]);
    }
  });

  it('goes on once the pooler has dropped its sessions', async () => {
    const { at } = both();
    const db = furnish(open(at));
    other().query(
      { url: ownUrl() },
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'",
    );
    await vi.waitFor(() => expect(db.getStats().worktrees).toBe(3));
  });
});
