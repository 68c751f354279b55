// A process that runs one PostgreSQL server and ends with who started it, in whatever way that ends: its standard input
// is a pipe from there, and where that closes the server is stopped and its folder taken away. Started by server.mjs,
// in a session of its own, so that an interrupt in a terminal doesn't reach it first.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout } from 'node:timers/promises';
import { give, owner } from './binaries.mjs';

const { bin, folder, cluster, keep, settings, hba, password, files } = JSON.parse(process.argv[2]);
const data = path.join(folder, 'data');
const program = (name) => path.join(bin, name);

const gone = new Promise((resolve) => {
  process.stdin.resume().on('end', resolve).on('close', resolve).on('error', resolve);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, resolve);
});

/** A cluster of databases with nothing in it. Texts are ordered as people do, which nothing here may depend on. */
function makeCluster() {
  const secret = path.join(folder, 'password');
  fs.writeFileSync(secret, password);
  give(folder);
  const locale = ['--encoding=UTF8', '--locale=C', '--locale-provider=icu', '--icu-locale=en-US'];
  const access = ['--username=postgres', `--pwfile=${secret}`, '--auth=scram-sha-256'];
  execFileSync(program('initdb'), ['--pgdata', data, '--no-sync', ...locale, ...access], {
    ...owner(),
    cwd: folder,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
}

const freePort = () =>
  new Promise((resolve, reject) => {
    const server = net.createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });

let logs = 0;

/** Starts the server, and again on another port where somebody was quicker to take it. */
async function start(same) {
  for (let tries = 1; ; tries += 1) {
    const port = same ?? (await freePort());
    const log = path.join(folder, `log-${(logs += 1)}`);
    const options = Object.entries({ ...settings, port, unix_socket_directories: folder });
    const server = spawn(
      program('postgres'),
      ['-D', data, ...options.flatMap(([name, value]) => ['-c', `${name}=${value}`])],
      { ...owner(), cwd: folder, stdio: ['ignore', fs.openSync(log, 'a'), fs.openSync(log, 'a')] },
    );
    const ended = once(server, 'exit');
    let isOver = false;
    void ended.then(() => (isOver = true));
    for (const text = () => fs.readFileSync(log, 'utf8'); ; await setTimeout(10)) {
      if (/ready to accept (read-only )?connections/.test(text())) return { server, ended, port, log };
      if (!isOver) continue;
      // What is left of the one that was killed ends by and by.
      if (same && tries < 50 && /in use|is another postmaster/.test(text())) break;
      if (tries < 5 && text().includes('Address already in use')) break;
      throw new Error(`PostgreSQL ended instead of starting: ${text()}`);
    }
  }
}

/** Also of a server that was frozen; a session that doesn't end is no reason to stay. */
async function stop({ server, ended }) {
  server.kill('SIGCONT');
  server.kill('SIGINT');
  const left = await Promise.race([ended, setTimeout(5000, 'still running')]);
  if (left !== 'still running') return;
  server.kill('SIGQUIT');
  if ((await Promise.race([ended, setTimeout(2000, 'still running')])) === 'still running') server.kill('SIGKILL');
  await ended;
}

try {
  if (cluster) fs.cpSync(cluster, data, { recursive: true, mode: fs.constants.COPYFILE_FICLONE });
  else makeCluster();
  if (keep) fs.cpSync(data, path.join(folder, 'cluster'), { recursive: true });
  fs.writeFileSync(path.join(data, 'pg_hba.conf'), `${hba.join('\n')}\n`);
  for (const [name, text] of Object.entries(files)) fs.writeFileSync(path.join(data, name), text, { mode: 0o600 });
  give(folder);
  fs.chmodSync(data, 0o700);
  let running = await start();
  const tell = () =>
    process.stdout.write(`${JSON.stringify({ pid: running.server.pid, port: running.port, log: running.log })}\n`);
  tell();
  let restarting;
  createInterface(process.stdin).on('line', (signal) => {
    restarting = (async () => {
      running.server.kill(signal);
      await running.ended;
      running = await start(running.port);
      restarting = undefined;
      tell();
    })();
    restarting.catch(() => {});
  });
  for (let isOver = false; !isOver;) {
    isOver = await Promise.race([gone.then(() => true), running.ended.then(() => !restarting)]);
    if (restarting) await restarting;
  }
  await stop(running);
} catch (error) {
  process.stderr.write(`${error.message}\n${error.stderr ?? ''}`);
  process.exitCode = 1;
} finally {
  fs.rmSync(folder, { recursive: true, force: true });
  process.exit();
}
