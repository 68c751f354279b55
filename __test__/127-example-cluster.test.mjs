// examples/cluster: copied and started as a user does it. It needs Debian's PostgreSQL, and installs Patroni and etcd.
import { chmodSync, existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { copied, started } from './support/examples.mjs';
import { processesIn } from '../examples/cluster/network.mjs';
import { temporaryFolder } from './support/temporary.mjs';

vi.setConfig({ testTimeout: 400_000 });

const SERVERS = '/usr/lib/postgresql';
const hasServer =
  existsSync(SERVERS) && readdirSync(SERVERS).some((version) => existsSync(join(SERVERS, version, 'bin/pg_rewind')));

/** An example that is run to its end, in a temporary folder of its own. */
async function ran() {
  const TMPDIR = temporaryFolder();
  // The servers run as another user where this one is root.
  chmodSync(TMPDIR, 0o755);
  const demo = started(copied('cluster'), 'demo.mjs', [], { TMPDIR, RUNS: '20' });
  const lines = [];
  for (let line; (line = await demo.line()) !== undefined;) lines.push(line);
  return { code: await demo.end, text: lines.join('\n'), stderr: demo.told.stderr, TMPDIR };
}

test.runIf(process.platform === 'linux' && hasServer)(
  'the example of a cluster loses its leader in the middle of the work, does all of it once, and leaves nothing behind',
  async () => {
    const { code, text, stderr, TMPDIR } = await ran();
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const [, killed] = /killing all that runs on (host\d)/.exec(text);
    const [, next] = /(host\d) leads, after/.exec(text);
    expect(next).not.toBe(killed);
    const finished = [...text.matchAll(/host[45] finished (\d+)/g)].map(([, count]) => Number(count));
    expect(finished.length).toBe(2);
    expect(finished.reduce((sum, count) => sum + count, 0)).toBe(20);
    expect(text).toContain('20 runs wanted, 20 there, 20 executions');
    expect(processesIn(TMPDIR)).toEqual([]);
    expect(readdirSync(TMPDIR).filter((name) => name.startsWith('visual-db-cluster-'))).toEqual([]);
  },
);
