// What a cluster is made of, from the registries: Patroni from PyPI, etcd from Debian's archive, both into a folder and nowhere
// else. PostgreSQL's programs are those of Debian that are installed.
import { execFile } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Pinned: Debian 12's own Patroni, 3.0.2, loses what was acknowledged when a leader is frozen and goes on. */
export const PATRONI = '4.1.5';
const PSYCOPG = '3.3.9';
const SERVERS = '/usr/lib/postgresql';

/** Installs what isn't in `folder` yet: the paths of `etcd`, `patroni`, and the folder of PostgreSQL's programs, `postgres`. */
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
    // Debian's own Python can be run by whoever the cluster runs as; another one may be in a folder of root's.
    const python = fs.existsSync('/usr/bin/python3') ? '/usr/bin/python3' : 'python3';
    await run(python, ['-m', 'venv', path.join(folder, 'patroni')]);
    const wanted = [`patroni[etcd3]==${PATRONI}`, `psycopg[binary]==${PSYCOPG}`];
    await run(path.join(folder, 'patroni/bin/pip'), ['install', '--quiet', ...wanted]);
  }
  return { etcd, patroni, postgres };
}

/** Unpacks a package of Debian's into a folder there, which is the answer: nothing of it is installed. */
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

/** The folder of the newest server's programs. What npm has of PostgreSQL lacks `pg_basebackup` and `pg_rewind`. */
export function newestServer() {
  const versions = fs.existsSync(SERVERS) ? fs.readdirSync(SERVERS).map(Number) : [];
  const folders = versions.toSorted((one, other) => other - one).map((version) => `${SERVERS}/${version}/bin`);
  const folder = folders.find((name) => fs.existsSync(`${name}/pg_rewind`));
  if (folder === undefined) throw new Error('PostgreSQL is absent: apt-get install postgresql');
  return folder;
}
