// Hosts on one machine. As root, each is a network namespace with two interfaces, one to its clients and one to the other hosts, so that
// either can be cut; otherwise each is only an address of its own, 127.x.y.z, and nothing can be cut.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';

const ip = (...args) => execFileSync('ip', args, { stdio: ['ignore', 'pipe', 'pipe'], encoding: 'utf8' });
const isRoot = process.getuid?.() === 0;

/** Whether network namespaces can be made here. */
export function canCut() {
  if (!isRoot) return false;
  const name = `vd${process.pid}t`;
  try {
    ip('netns', 'add', name);
    ip('netns', 'delete', name);
    return true;
  } catch {
    return false;
  }
}

/** The user that the hosts' programs run as: not root, which PostgreSQL refuses. */
export function owner() {
  if (!isRoot) return os.userInfo();
  const id = (option) => Number(execFileSync('id', [option, 'nobody'], { encoding: 'utf8' }));
  return { uid: id('-u'), gid: id('-g') };
}

/** Arguments of `setpriv` with which root runs a program as that user. */
function asNobody() {
  const { uid, gid } = owner();
  return isRoot ? [`--reuid=${uid}`, `--regid=${gid}`, '--clear-groups'] : [];
}

/** Makes `count` hosts; `remove` removes their networks. */
export function makeHosts(count, hasNamespaces = canCut()) {
  const part = process.pid % 250;
  const name = `vd${process.pid}`;
  const bridges = { c: `${name}c`, n: `${name}n` };
  const hosts = Array.from(
    { length: count },
    (_, n) => new Host(n + 1, part, hasNamespaces ? `${name}-${n + 1}` : null),
  );
  const remove = () => {
    if (!hasNamespaces) return;
    const quietly = (...args) => {
      try {
        ip(...args);
      } catch {
        // It wasn't made, or is gone already.
      }
    };
    for (const { namespace } of hosts) quietly('netns', 'delete', namespace);
    for (const bridge of Object.values(bridges)) quietly('link', 'delete', bridge);
  };
  if (!hasNamespaces) return { hosts, remove };
  try {
    for (const bridge of Object.values(bridges)) {
      ip('link', 'add', bridge, 'type', 'bridge');
      ip('link', 'set', bridge, 'up');
    }
    ip('address', 'add', `10.213.${part}.1/24`, 'dev', bridges.c);
    for (const host of hosts) host.connect(bridges);
  } catch (error) {
    remove();
    throw error;
  }
  return { hosts, remove };
}

class Host {
  constructor(number, part, namespace) {
    this.name = `host${number}`;
    this.namespace = namespace;
    /** The addresses for clients, and for the other hosts. */
    this.address = namespace ? `10.213.${part}.${10 + number}` : `127.213.${part}.${10 + number}`;
    this.inner = namespace ? `10.214.${part}.${10 + number}` : this.address;
    /** The machine's ends of the host's two virtual cables. */
    this.cables = { c: `${namespace}c`, n: `${namespace}n` };
  }

  connect(bridges) {
    ip('netns', 'add', this.namespace);
    for (const [side, address] of [
      ['c', this.address],
      ['n', this.inner],
    ]) {
      ip('link', 'add', this.cables[side], 'type', 'veth', 'peer', 'name', side, 'netns', this.namespace);
      ip('link', 'set', this.cables[side], 'master', bridges[side], 'up');
      ip('-n', this.namespace, 'address', 'add', `${address}/24`, 'dev', side);
      ip('-n', this.namespace, 'link', 'set', 'dev', side, 'up');
    }
    ip('-n', this.namespace, 'link', 'set', 'dev', 'lo', 'up');
  }

  /** The command that runs a program on this host: with `asOwner` as the servers' user, otherwise as the current one. */
  command(file, args, { asOwner }) {
    const within = this.namespace ? ['nsenter', `--net=/run/netns/${this.namespace}`] : [];
    return [...within, 'setpriv', ...(asOwner ? asNobody() : []), '--pdeathsig', 'KILL', '--', file, ...args];
  }

  /** Cuts the host off from the other hosts and, with `fromAll`, from everybody. */
  cut({ fromAll = false } = {}) {
    this.#cables('down', fromAll ? ['n', 'c'] : ['n']);
  }

  mend() {
    this.#cables('up', ['n', 'c']);
  }

  #cables(state, sides) {
    if (!this.namespace) throw new Error('Only network namespaces can be cut, which need root');
    for (const side of sides) ip('link', 'set', this.cables[side], state);
  }
}

/** The ids of processes whose working directory is in `folder`: all that a host runs, whoever started them. */
export function processesIn(folder) {
  return fs.readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    try {
      const place = fs.readlinkSync(`/proc/${name}/cwd`);
      return place === folder || place.startsWith(`${folder}/`) ? [Number(name)] : [];
    } catch {
      // The process has ended, or is not ours.
      return [];
    }
  });
}
