// Three hosts with PostgreSQL and Patroni: one leads, and every acknowledged commit is on another one, too. Three more hosts run etcd,
// which says who leads. It has hosts of its own since an etcd that is frozen while it leads may, when it goes on, delete the leader's key,
// and a Patroni that was frozen beside it may take that key.
import { execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { makeHosts, owner, processesIn } from './network.mjs';

/** In seconds. The leader renews its key every `loop_wait`; after `ttl` without that another host takes over. */
const PACE = { ttl: 20, loop_wait: 5, retry_timeout: 5 };

export class Cluster {
  #folder;
  #programs;
  #remove;
  #passwords = { postgres: secret(), replicator: secret(), board: secret() };
  #isSynchronous;

  /** `folder` is for this cluster alone; `programs` as `install` gives them; `guests` is the number of hosts without a database. */
  constructor({ folder, programs, isSynchronous = true, hasNamespaces, guests = 0 }) {
    this.#folder = folder;
    this.#programs = programs;
    this.#isSynchronous = isSynchronous;
    const { hosts, remove } = makeHosts(6 + guests, hasNamespaces);
    this.hosts = hosts.slice(0, 3);
    this.guests = hosts.slice(3, -3);
    /** Those with etcd. */
    this.keepers = hosts.slice(-3);
    for (const [n, keeper] of this.keepers.entries()) keeper.name = `etcd${n + 1}`;
    this.#remove = remove;
  }

  /** The URL for `new VisualDatabase({ url })`: it names all hosts, and the client finds the leader. */
  get url() {
    return this.#url('board', 'boards', this.hosts);
  }

  /** The URL of one host alone, for reading. */
  urlOf = (host) => this.#url('board', 'boards', [host]);

  #url(user, database, hosts) {
    const where = hosts.map(({ address }) => `${address}:5432`).join(',');
    // No encryption is needed: nobody else is on this network.
    return `postgres://${user}:${this.#passwords[user]}@${where}/${database}?sslmode=disable`;
  }

  /** Starts all hosts, and makes the database. */
  async start() {
    fs.chmodSync(this.#folder, 0o755);
    for (const host of this.#all) this.#prepare(host);
    for (const host of this.#all) this.startHost(host);
    await this.isWhole({ within: 120_000 });
    const leader = await this.leader();
    const sql = [`CREATE ROLE board LOGIN PASSWORD '${this.#passwords.board}'`, 'CREATE DATABASE boards OWNER board'];
    const args = [this.#url('postgres', 'postgres', [leader]), '-qX', '-v', 'ON_ERROR_STOP=1'];
    execFileSync(path.join(this.#programs.postgres, 'psql'), [...args, ...sql.flatMap((line) => ['-c', line])]);
  }

  /** Starts the programs of a host, which were killed or never started. */
  startHost(host) {
    if (this.keepers.includes(host)) this.#run(host, 'etcd', this.#programs.etcd, etcdArguments(host, this.keepers));
    else this.#run(host, 'patroni', this.#programs.patroni, ['patroni.yml']);
  }

  /** Kills all processes of a host with SIGKILL. */
  async killHost(host) {
    while (this.signalHost(host, 'SIGKILL') > 0) await setTimeout(20);
  }

  /** Sends a signal to all processes of a host, and returns how many these are. */
  signalHost(host, signal) {
    const pids = processesIn(this.folderOf(host));
    for (const pid of pids) send(pid, signal);
    return pids.length;
  }

  killPostmaster(host) {
    const [pid] = fs.readFileSync(path.join(this.folderOf(host), 'data/postmaster.pid'), 'utf8').split('\n');
    process.kill(Number(pid), 'SIGKILL');
  }

  /** Makes another host the leader. */
  async switchOver(leader) {
    const answer = await fetch(`http://${leader.address}:8008/switchover`, {
      method: 'POST',
      body: JSON.stringify({ leader: leader.name }),
      signal: AbortSignal.timeout(60_000),
    });
    if (!answer.ok) throw new Error(`Patroni refuses to switch over: ${await answer.text()}`);
  }

  /** Waits until the hosts name a leader other than `not`, and returns it. */
  async leader({ not, within = 180_000 } = {}) {
    return this.#until(within, 'leads', async () => {
      for (const asked of this.hosts.filter((host) => host !== not)) {
        const members = await this.members(asked);
        const found = members.find(({ role, state }) => role === 'leader' && state === 'running');
        const leader = this.hosts.find(({ name }) => name === found?.name);
        if (leader && leader !== not) return leader;
      }
    });
  }

  /** Waits until one host leads and the others follow, one of them synchronously where that is configured. */
  async isWhole({ within = 240_000 } = {}) {
    return this.#until(within, 'is followed by the others', async () => {
      const all = await Promise.all(this.hosts.map((host) => this.members(host)));
      return all.every(
        (members) =>
          members.filter(({ role, state }) => role === 'leader' && state === 'running').length === 1 &&
          members.filter(({ state }) => state === 'streaming').length === this.hosts.length - 1 &&
          (!this.#isSynchronous || members.some(({ role }) => role === 'sync_standby')),
      );
    });
  }

  /** Copies the database again to each host that doesn't follow, as a person does where Patroni can't, and returns their names. */
  async reinitialize() {
    const leader = await this.leader();
    const members = await this.members(leader);
    const follow = new Set(members.filter(({ state }) => state === 'streaming').map(({ name }) => name));
    const lost = this.hosts.filter((host) => host !== leader && !follow.has(host.name));
    for (const { address } of lost) {
      const body = JSON.stringify({ force: true });
      await fetch(`http://${address}:8008/reinitialize`, { method: 'POST', body, signal: AbortSignal.timeout(10_000) });
    }
    return lost.map(({ name }) => name);
  }

  /** The host whose etcd leads. */
  async leadingKeeper() {
    return this.#until(60_000, 'leads etcd', async () => {
      const told = await Promise.all(this.keepers.map((keeper) => statusOf(keeper).catch(() => null)));
      return this.keepers.find((_, n) => told[n] && told[n].leader === told[n].header.member_id);
    });
  }

  /** The members of the cluster, as a host's Patroni lists them. */
  async members(host) {
    try {
      const answer = await fetch(`http://${host.address}:8008/cluster`, { signal: AbortSignal.timeout(2000) });
      return (await answer.json()).members ?? [];
    } catch {
      return [];
    }
  }

  async #until(within, what, look) {
    for (const end = Date.now() + within; Date.now() < end; await setTimeout(250)) {
      const found = await look();
      if (found) return found;
    }
    throw new Error(`No host ${what} after ${within / 1000} s: see the logs in ${this.#folder}`);
  }

  /** Ends the cluster, whatever its state; may be called twice. */
  async stop() {
    for (const host of this.#all) await this.killHost(host);
    this.#remove();
  }

  /** The same without waiting, for the end of the process. */
  stopNow() {
    for (const host of this.#all) while (this.signalHost(host, 'SIGKILL') > 0);
    this.#remove();
  }

  get #all() {
    return [...this.keepers, ...this.hosts];
  }

  folderOf = (host) => path.join(this.#folder, host.name);

  #prepare(host) {
    const folder = this.folderOf(host);
    const { uid, gid } = owner();
    fs.mkdirSync(folder, { mode: 0o700 });
    fs.chownSync(folder, uid, gid);
    if (this.keepers.includes(host)) return;
    // The file is YAML, of which JSON is a subset.
    const file = path.join(folder, 'patroni.yml');
    fs.writeFileSync(file, JSON.stringify(this.#configuration(host), null, 2), { mode: 0o600 });
    fs.chownSync(file, uid, gid);
  }

  #run(host, name, program, args) {
    const folder = this.folderOf(host);
    const log = fs.openSync(path.join(folder, `${name}.log`), 'a');
    const [file, ...rest] = host.command(program, args, { asOwner: true });
    // Detached from the terminal, so that an interrupt there doesn't reach it, and the cluster is stopped in order.
    const started = spawn(file, rest, {
      cwd: folder,
      env: { PATH: process.env.PATH, HOME: folder, LANG: 'C.UTF-8' },
      detached: true,
      stdio: ['ignore', log, log],
    });
    fs.closeSync(log);
    started.unref();
  }

  #configuration(host) {
    const { postgres, replicator } = this.#passwords;
    const isStrict = this.#isSynchronous;
    return {
      scope: 'boards',
      name: host.name,
      restapi: {
        listen: '0.0.0.0:8008'.replace('0.0.0.0', host.namespace ? '0.0.0.0' : host.address),
        connect_address: `${host.inner}:8008`,
      },
      etcd3: { hosts: this.keepers.map(({ inner }) => `${inner}:2379`) },
      bootstrap: {
        dcs: {
          ...PACE,
          // Strict: no commit is acknowledged before a standby has it.
          synchronous_mode: isStrict,
          synchronous_mode_strict: isStrict,
          postgresql: {
            use_pg_rewind: true,
            parameters: {
              max_connections: 60,
              shared_buffers: '32MB',
              wal_keep_size: '512MB',
              wal_sender_timeout: '10s',
              wal_receiver_timeout: '10s',
            },
          },
        },
        initdb: [{ encoding: 'UTF8' }, { locale: 'C' }, 'data-checksums'],
      },
      postgresql: {
        listen: `${host.namespace ? '0.0.0.0' : host.address}:5432`,
        connect_address: `${host.inner}:5432`,
        data_dir: 'data',
        pgpass: 'pgpass',
        bin_dir: this.#programs.postgres,
        pg_hba: ['host replication replicator all scram-sha-256', 'host all all all scram-sha-256'],
        authentication: {
          superuser: { username: 'postgres', password: postgres },
          replication: { username: 'replicator', password: replicator },
          rewind: { username: 'postgres', password: postgres },
        },
        parameters: { unix_socket_directories: '' },
      },
    };
  }
}

/** What a host's etcd is started with, which is one of `hosts`. */
export function etcdArguments({ name, inner, address }, hosts) {
  const here = `http://${inner}`;
  const clients = [...new Set([inner, address])].map((one) => `http://${one}:2379`);
  const options = {
    name,
    'data-dir': 'etcd',
    'initial-cluster': hosts.map((host) => `${host.name}=http://${host.inner}:2380`).join(','),
    'listen-peer-urls': `${here}:2380`,
    'initial-advertise-peer-urls': `${here}:2380`,
    'listen-client-urls': clients.join(','),
    'advertise-client-urls': `${here}:2379`,
    'heartbeat-interval': 200,
    'election-timeout': 2000,
  };
  return Object.entries(options).map(([option, value]) => `--${option}=${value}`);
}

async function statusOf({ address }) {
  const url = `http://${address}:2379/v3/maintenance/status`;
  const answer = await fetch(url, { method: 'POST', body: '{}', signal: AbortSignal.timeout(2000) });
  return answer.json();
}

const secret = () => randomBytes(12).toString('hex');

function send(pid, signal) {
  try {
    process.kill(pid, signal);
  } catch {
    // The process has ended.
  }
}
