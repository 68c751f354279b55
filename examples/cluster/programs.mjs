// Installs the programs of a cluster: Patroni from PyPI and etcd from Debian 13's archive, both into a folder and nowhere
// else. PostgreSQL's programs have to be installed, from Debian.
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Pinned: Debian 12's own Patroni, 3.0.2, loses acknowledged commits when a leader is frozen and then goes on. */
export const PATRONI = '4.1.5';
const PSYCOPG = '3.3.9';

/** Pinned: Debian 12's own etcd, 3.4.23, revokes leases that are kept alive when it has waited for its disk while it led. */
export const ETCD = '3.5.16-4';
const ETCD_SHA256 = {
  amd64: '0875921bb0d023f2af9b8e15cdfbe417a03e65731345fb832c40f9c2dd72967b',
  arm64: '5e21469a4f59f1cb2ed7af9c6eb9dda7d9734809c011cfa8a39b34f82a161a32',
};
const ETCD_RELEASE = 'trixie';
const SERVERS = '/usr/lib/postgresql';

/** Installs what `folder` lacks, and returns the paths of `etcd` and `patroni`, and `postgres`, the folder of PostgreSQL's programs. */
export async function install(folder, say = () => {}) {
  const postgres = newestServer();
  fs.mkdirSync(folder, { recursive: true });
  fs.chmodSync(folder, 0o755);
  const etcd = await installEtcd(folder, say);
  const patroni = path.join(folder, 'patroni/bin/patroni');
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

/** Installs etcd alone and returns its path. */
export async function installEtcd(folder, say = () => {}) {
  const etcd = path.join(folder, `etcd-${ETCD}/usr/bin/etcd`);
  if (fs.existsSync(etcd)) return etcd;
  say(`etcd ${ETCD}, from Debian's ${ETCD_RELEASE}`);
  const lists = path.join(folder, 'apt');
  for (const name of ['lists/partial', 'cache/archives/partial'])
    fs.mkdirSync(path.join(lists, name), { recursive: true });
  const sources = path.join(lists, 'sources.list');
  const signed = '[signed-by=/usr/share/keyrings/debian-archive-keyring.gpg]';
  fs.writeFileSync(sources, `deb ${signed} ${await mirror()} ${ETCD_RELEASE} main\n`);
  // apt reads and writes these lists only: the machine's own sources stay as they are.
  const settings = {
    'Etc::SourceList': sources,
    'Etc::SourceParts': '-',
    'State::Lists': `${lists}/lists`,
    Cache: `${lists}/cache`,
  };
  const options = Object.entries(settings).flatMap(([name, value]) => ['-o', `Dir::${name}=${value}`]);
  await run('apt-get', [...options, 'update']);
  await run('apt-get', [...options, 'download', `etcd-server=${ETCD}`], { cwd: folder });
  const architecture = (await run('dpkg', ['--print-architecture'])).stdout.trim();
  const archive = path.join(folder, `etcd-server_${ETCD}_${architecture}.deb`);
  const sum = createHash('sha256').update(fs.readFileSync(archive)).digest('hex');
  if (sum !== ETCD_SHA256[architecture])
    throw new Error(`${archive} isn't the etcd ${ETCD} that is pinned: its SHA-256 is ${sum}`);
  await run('dpkg', ['-x', archive, path.join(folder, `etcd-${ETCD}`)]);
  fs.rmSync(lists, { recursive: true });
  return etcd;
}

/** The address from which this machine gets Debian's packages. */
async function mirror() {
  const format = ['--format', '$(REPO_URI)', 'Created-By: Packages', 'Label: Debian', 'Component: main'];
  const ask = async () => (await run('apt-get', ['indextargets', ...format])).stdout.split('\n')[0];
  const found = (await ask()) || (await run('apt-get', ['update']).then(ask));
  if (!found) throw new Error("Debian's archive is none of apt's sources");
  return found;
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
