// The package on a PostgreSQL server beside npm's `pg` and `postgres` with the same statements by hand: on this machine, and over a
// distance. `node bench/postgres/index.mjs [--rounds 9] [--distance 1] [--only REGEXP]`, with the addon built; it installs what the
// clients need. The server is the tests' own, PostgreSQL 18, or the one in the folder VISUAL_DB_POSTGRES.
import { parseArgs } from 'node:util';
import { createRequire } from 'node:module';
import { VisualDatabase } from '../../lib/index.mjs';
import { Client } from '../../__test__/support/postgres/client.mjs';
import { startServer } from '../../__test__/support/postgres/server.mjs';
import { Thread } from '../../__test__/support/postgres/thread.mjs';
import { start } from '../node24.mjs';
import { interleaved } from '../rounds.mjs';
import { median, spread } from '../statistics.mjs';
import { TABLES } from './by_hand.mjs';
import { CASES, WORKTREES } from './cases.mjs';

const { dependencies } = createRequire(import.meta.url)('../../scripts/setup.js');
const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '9' },
    distance: { type: 'string', default: '1' },
    only: { type: 'string', default: '.' },
  },
});
const PEERS = ['visual-db', 'visual-db, kept', 'pg', 'postgres'];
const SCHEMA = 'visual_db';
for (const folder of ['bench', 'bench/postgres', '__test__/postgres']) dependencies(folder);

function furnish(url) {
  const db = new VisualDatabase({ url, schema: SCHEMA });
  for (let n = 0; n < 5; n += 1) db.createZone({ id: `zone-${n}`, name: `Zone ${n}` });
  const worktree = (n) => ({ id: `wt-${n}`, path: `/worktrees/${n}`, port: 3000 + n, branchName: `feature/${n}` });
  db.createWorktrees(Array.from({ length: WORKTREES }, (_, n) => worktree(n)));
  db.close();
}

/** The medians of each case in each round, in microseconds. */
async function measure(url, share) {
  const children = new Map();
  for (const peer of PEERS) children.set(peer, await start('postgres/peer.mjs', peer, url, SCHEMA));
  const results = [];
  for (const of of Object.keys(CASES).filter((name) => new RegExp(values.only).test(name))) {
    const able = [];
    for (const peer of PEERS) {
      const { failed } = await children.get(peer).ask({ of, share: share / 4 });
      if (failed) console.error(`${of}: ${peer}: ${failed}`);
      else able.push(peer);
    }
    const round = async (peer) => (await children.get(peer).ask({ of, share })).median;
    results.push({ of, medians: await interleaved(able, Number(values.rounds), round) });
  }
  for (const child of children.values()) await child.stop();
  return results;
}

const shown = (microseconds) =>
  microseconds < 1000 ? `${microseconds.toFixed(0)} µs` : `${(microseconds / 1000).toFixed(2)} ms`;

function table(results) {
  const row = (cells) => `| ${cells.join(' | ')} |`;
  const lines = [
    row(['case', ...PEERS, 'best by hand / ours']),
    row(['---', ...PEERS.map(() => '--:'), '--:']),
    ...results.map(({ of, medians }) => {
      const cell = (peer) => {
        const taken = medians[peer];
        return taken ? `${shown(median(taken))} ±${Math.round(spread(taken) * 100)} %` : '–';
      };
      const [ours, ...byHand] = ['visual-db', 'pg', 'postgres'].map((peer) => medians[peer]);
      const ratios = ours?.map((taken, n) => Math.min(...byHand.map((all) => all?.[n] ?? Infinity)) / taken);
      return row([of, ...PEERS.map(cell), ratios ? `${median(ratios).toPrecision(3)}×` : '–']);
    }),
  ];
  return lines.join('\n');
}

const server = await startServer({ settings: { fsync: 'on' } });
try {
  const url = server.url();
  const client = new Client({ admin: url });
  const { rows } = client.query({ url }, "SELECT current_setting('server_version') AS version");
  furnish(url);
  client.query({ url }, TABLES);
  client.query({ url }, 'ANALYZE');
  console.log(`PostgreSQL ${rows[0].version}, over a Unix socket:\n\n${table(await measure(url, 1))}\n`);
  const proxy = new Thread(new URL('../../__test__/support/postgres/proxy_thread.mjs', import.meta.url), {
    to: { path: `${server.folder}/.s.PGSQL.${server.port}` },
  });
  const far = `postgres://postgres@127.0.0.1:${proxy.call('listen')}/postgres`;
  proxy.call('delay', Number(values.distance));
  console.log(`Over ${values.distance} ms of distance:\n\n${table(await measure(far, 0.2))}`);
} finally {
  await server.stop();
}
