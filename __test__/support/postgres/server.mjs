// A PostgreSQL server for a run of the tests, or for one test: on a Unix socket and a port of 127.0.0.1, its data in a
// temporary folder, gone with who started it.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { programs } from './binaries.mjs';

const KEEPER = fileURLToPath(new URL('keeper.mjs', import.meta.url));

/** Of the superuser `postgres`, where a password is asked for. */
export const PASSWORD = 'pa ss:w@rd/%41';

/** Where its data are: in memory where there is room, in which a database is made three times as fast. */
function place() {
  const memory = '/dev/shm';
  const { bavail, bsize } = fs.existsSync(memory) ? fs.statfsSync(memory) : { bavail: 0, bsize: 0 };
  return bavail * bsize > 4 * 2 ** 30 ? memory : os.tmpdir();
}

/** Nothing of these servers has to outlive them. */
const SETTINGS = {
  fsync: 'off',
  full_page_writes: 'off',
  listen_addresses: '127.0.0.1',
  max_connections: 60,
  max_wal_size: '256MB',
  // Not those of this machine, so that nothing is right by chance.
  timezone: 'Asia/Kathmandu',
  datestyle: 'SQL, DMY',
};

/** Who is on this machine needs no password, who comes by TCP does. */
const HBA = ['local all all trust', 'local replication all trust', 'host all all all scram-sha-256'];

/**
 * Starts a server. `cluster` is the folder of data to begin with (as another one keeps them with `keep`), `files` are written
 * into its data. The answer: `url({ database, user, password, tcp })`, `pid`, `data`, `log()`, `freeze()`, `thaw()`, `restart(signal)`,
 * `stop()`.
 */
export async function startServer({ bin, cluster, keep = false, settings, hba = HBA, files = {} } = {}) {
  const folder = fs.mkdtempSync(path.join(place(), 'visual-db-postgres-'));
  fs.chmodSync(folder, 0o755);
  const given = {
    bin: bin ?? programs(folder),
    folder,
    cluster,
    keep,
    settings: { ...SETTINGS, ...settings },
    hba,
    files,
    password: PASSWORD,
  };
  const keeper = spawn(process.execPath, [KEEPER, JSON.stringify(given)], {
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const complaints = [];
  keeper.stderr.on('data', (data) => complaints.push(data));
  const ended = once(keeper, 'close');
  const lines = createInterface(keeper.stdout);
  const [line] = await Promise.race([once(lines, 'line'), ended]);
  if (typeof line !== 'string') throw new Error(`PostgreSQL: ${Buffer.concat(complaints)}`);
  // A run doesn't wait for it, it waits for the run.
  for (const each of [keeper, keeper.stdin, keeper.stdout, keeper.stderr]) each.unref();
  let { pid, log } = JSON.parse(line);
  const { port } = JSON.parse(line);
  return {
    ...at({ folder, port }),
    bin: given.bin,
    get pid() {
      return pid;
    },
    data: path.join(folder, 'data'),
    cluster: keep ? path.join(folder, 'cluster') : undefined,
    log: () => fs.readFileSync(log, 'utf8'),
    freeze: () => signal(pid, 'SIGSTOP'),
    thaw: () => signal(pid, 'SIGCONT'),
    /** Ends the server by a signal, and starts it again. */
    async restart(signal) {
      const started = once(lines, 'line');
      keeper.stdin.write(`${signal}\n`);
      const [again] = await Promise.race([started, ended]);
      if (typeof again !== 'string') throw new Error(`PostgreSQL: ${Buffer.concat(complaints)}`);
      ({ pid, log } = JSON.parse(again));
    },
    async stop() {
      keeper.stdin.end();
      await ended;
    },
  };
}

/** What is needed to reach a server that runs, wherever it was started. */
export function at({ folder, port }) {
  return {
    folder,
    port,
    url({ database = 'postgres', user = 'postgres', password, tcp = false, host = '127.0.0.1' } = {}) {
      const who = encodeURIComponent(user) + (password === undefined ? '' : `:${encodeURIComponent(password)}`);
      return `postgres://${who}@${tcp ? host : encodeURIComponent(folder)}:${port}/${encodeURIComponent(database)}`;
    },
  };
}

/** To the server and to each of its sessions, which are processes. */
function signal(pid, name) {
  process.kill(pid, name);
  for (const child of fs.readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' '))
    if (child) process.kill(Number(child), name);
}
