// Installs the programs of a cluster: Patroni from PyPI and etcd from Debian's archive, both into a folder and nowhere
// else. PostgreSQL's programs have to be installed, from Debian.
import { execFile } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Pinned: Debian 12's own Patroni, 3.0.2, loses acknowledged commits when a leader is frozen and then goes on. */
export const PATRONI = '4.1.5';
const PSYCOPG = '3.3.9';
const SERVERS = '/usr/lib/postgresql';

/** Installs what `folder` lacks, and returns the paths of `etcd` and `patroni`, and `postgres`, the folder of PostgreSQL's programs. */
export async function install(folder, say = () => {}) {
  const postgres = newestServer();
  fs.mkdirSync(folder, { recursive: true });
  fs.chmodSync(folder, 0o755);
  const [etcd, patroni] = [path.join(folder, 'etcd/usr/bin/etcd'), path.join(folder, 'patroni/bin/patroni')];
  if (!fs.existsSync(etcd)) {
    say('etcd, from Debian');
    await unpack('etcd-server', folder, 'etcd');
  }
  if (!fs.existsSync(patroni)) {
    say(`Patroni ${PATRONI}, from PyPI`);
    // Any user can run Debian's own Python; another one may be in a folder that only root can read.
    const python = fs.existsSync('/usr/bin/python3') ? '/usr/bin/python3' : 'python3';
    await run(python, ['-m', 'venv', path.join(folder, 'patroni')]);
    const wanted = [`patroni[etcd3]==${PATRONI}`, `psycopg[binary]==${PSYCOPG}`];
    await run(path.join(folder, 'patroni/bin/pip'), ['install', '--quiet', ...wanted]);
  }
  return { etcd, patroni, postgres };
}

/** Unpacks a Debian package into a folder in `folder` and returns its path: nothing is installed. */
export async function unpack(name, folder, as = name) {
  const download = () => run('apt-get', ['download', name], { cwd: folder });
  await download().catch(async () => {
    await run('apt-get', ['update']);
    await download();
  });
  const archive = fs.readdirSync(folder).find((file) => file.startsWith(`${name}_`));
  await run('dpkg', ['-x', archive, as], { cwd: folder });
  return path.join(folder, as);
}

/** The folder with the programs of the newest installed server. The server of npm lacks `pg_basebackup` and `pg_rewind`. */
export function newestServer() {
  const versions = fs.existsSync(SERVERS) ? fs.readdirSync(SERVERS).map(Number) : [];
  const folders = versions.toSorted((one, other) => other - one).map((version) => `${SERVERS}/${version}/bin`);
  const folder = folders.find((name) => fs.existsSync(`${name}/pg_rewind`));
  if (folder === undefined) throw new Error('PostgreSQL is absent: apt-get install postgresql');
  return folder;
}
