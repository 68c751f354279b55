// The etcd that examples/cluster installs. Who leads is a key there, with a lease: where that is revoked though its holder keeps it
// alive, the leader changes for nothing. Debian 12's etcd, 3.4.23, fails here. `ETCD` names another program to ask.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { expect, onTestFinished, test, vi } from 'vitest';
import { etcdArguments } from '../examples/cluster/cluster.mjs';
import { makeHosts } from '../examples/cluster/network.mjs';
import { installEtcd } from '../examples/cluster/programs.mjs';
import { temporaryFolder } from './support/temporary.mjs';

vi.setConfig({ testTimeout: 400_000 });

/** Of the lease, in seconds. */
const TTL = 8;
const [HELD, OTHER] = ['held', 'other'].map((key) => Buffer.from(key).toString('base64'));

async function ask({ inner }, call, body = {}) {
  const answer = await fetch(`http://${inner}:2379/v3/${call}`, {
    method: 'POST',
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(3000),
  });
  if (!answer.ok) throw new Error(`${call}: ${await answer.text()}`);
  return answer.json();
}

/** What is answered at last, though nobody may lead yet. */
const answered = (call) => vi.waitFor(call, { timeout: 60_000, interval: 200 });

async function startThree() {
  const folder = temporaryFolder();
  const etcd = process.env.ETCD ?? (await installEtcd(folder));
  const { hosts, remove } = makeHosts(3, false);
  onTestFinished(remove);
  return hosts.map((host) => {
    const cwd = join(folder, host.name);
    mkdirSync(cwd);
    const child = spawn(etcd, etcdArguments(host, hosts), { cwd, stdio: 'ignore' });
    const ended = once(child, 'exit');
    onTestFinished(async () => {
      child.kill('SIGKILL');
      await ended;
    });
    return { host, child };
  });
}

/** The one that leads, and another one. */
const roles = (members) =>
  answered(async () => {
    const told = await Promise.all(members.map(({ host }) => ask(host, 'maintenance/status')));
    const leader = told.findIndex((status) => status.header.member_id === status.leader);
    expect(leader).not.toBe(-1);
    return { leading: members[leader], other: members[(leader + 1) % members.length] };
  });

/** Has a process wait for its disk until the answer is called. */
async function stuck({ pid }) {
  const calls = 'fdatasync,fsync';
  const options = ['-f', '-p', pid, '-e', `trace=${calls}`, '-e', `inject=${calls}:delay_enter=60000000`];
  const strace = spawn('strace', options, { stdio: ['ignore', 'ignore', 'pipe'] });
  const ended = once(strace, 'exit');
  // It says so once it holds it.
  await once(strace.stderr, 'data');
  strace.stderr.resume();
  return async () => {
    strace.kill('SIGTERM');
    await ended;
  };
}

/** Calls again and again what may fail now and then, until the answer is called. */
function repeatedly(call) {
  let isWanted = true;
  const ended = (async () => {
    for (; isWanted; await setTimeout(200)) await call().catch(() => {});
  })();
  return () => {
    isWanted = false;
    return ended;
  };
}

const isHere = process.platform === 'linux' && existsSync('/usr/bin/dpkg') && existsSync('/usr/bin/strace');
test.runIf(isHere)(
  'a lease that is kept alive through another etcd is still there when the one that led, and waited for its disk, goes on',
  async () => {
    const members = await startThree();
    const { leading, other } = await roles(members);
    const { host } = other;
    const { ID } = await answered(() => ask(host, 'lease/grant', { TTL }));
    await answered(() => ask(host, 'kv/put', { key: HELD, value: HELD, lease: ID }));
    const keys = async () => (await answered(() => ask(host, 'kv/range', { key: HELD }))).count;
    const ends = [
      repeatedly(() => ask(host, 'lease/keepalive', { ID })),
      // Something that whoever leads has to write.
      repeatedly(() => ask(host, 'kv/put', { key: OTHER, value: OTHER })),
    ];

    const release = await stuck(leading.child);
    await setTimeout((TTL + 6) * 1000);
    // One of the others leads by now.
    await roles(members.filter((member) => member !== leading));
    expect(await keys()).toBe('1');
    await release();
    await setTimeout(4000);
    expect(await keys()).toBe('1');
    await Promise.all(ends.map((end) => end()));
  },
);
