// AsyncVisualDatabase on a PostgreSQL server beside npm's `pg` with a pool: how long a call keeps the caller's event loop busy, and how
// long 400 concurrent inserts take. `node bench/postgres/async.mjs [--rounds 5]`, with the addon built.
import { createRequire } from 'node:module';
import { performance } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import { AsyncVisualDatabase, VisualDatabase } from '../../lib/index.mjs';
import { startServer } from '../../__test__/support/postgres/server.mjs';
import { median, spread } from '../statistics.mjs';
import { byHand } from './by_hand.mjs';

const require = createRequire(import.meta.url);
const { dependencies } = require('../../scripts/setup.js');
const { values } = parseArgs({ options: { rounds: { type: 'string', default: '5' } } });
const SCHEMA = 'visual_db';
const WORKTREES = 2000;
const AT_ONCE = 400;
for (const folder of ['bench/postgres', '__test__/postgres']) dependencies(folder);

const worktree = (n) => ({ id: `wt-${n}`, path: `/worktrees/${n}`, port: 1024 + n, branchName: `feature/${n}` });

/** The insert by hand, with its values and the time. */
const INSERT = `INSERT INTO ${SCHEMA}.worktrees (id, path, port, branch_name, created_at) VALUES ($1, $2, $3, $4, $5)`;

const PEERS = {
  'visual-db': async (url) => {
    const db = await AsyncVisualDatabase.open({ url, schema: SCHEMA, cacheSize: 0 });
    return {
      getWorktree: (id) => db.getWorktree(id),
      listWorktrees: () => db.listWorktrees(),
      createWorktree: (given) => db.createWorktree(given),
      close: () => db.close(),
    };
  },
  pg: async (url) => {
    const { Pool, types } = require('pg');
    types.setTypeParser(types.builtins.INT8, Number);
    const { username, hostname, port, pathname } = new URL(url);
    const [host, database] = [decodeURIComponent(hostname), pathname.slice(1)];
    const pool = new Pool({ user: username, host, port: Number(port), database });
    // When the server stops, it ends the remaining connections.
    pool.on('error', () => {});
    const query = async (name, text, given) => (await pool.query({ name, text, values: given })).rows;
    return {
      ...byHand(query, SCHEMA),
      createWorktree: ({ id, path, port: at, branchName }) =>
        query('insert', INSERT, [id, path, at, branchName, new Date().toISOString()]),
      close: () => pool.end(),
    };
  },
};

let made = WORKTREES;

/** For how many microseconds of a call the event loop is busy, on average. */
const busy = (calls, call) => async (peer) => {
  const before = performance.eventLoopUtilization();
  for (let n = 0; n < calls; n += 1) await call(peer, n);
  return (performance.eventLoopUtilization(before).active * 1000) / calls;
};

const CASES = {
  'a single call: the event loop is busy': busy(1000, (peer, n) => peer.getWorktree(`wt-${n}`)),
  'a list of 2,000: the event loop is busy': busy(30, (peer) => peer.listWorktrees()),
  '400 inserts at once take': async (peer) => {
    const given = Array.from({ length: AT_ONCE }, () => worktree((made += 1)));
    const start = performance.now();
    await Promise.all(given.map((one) => peer.createWorktree(one)));
    return (performance.now() - start) * 1000;
  },
};

const server = await startServer({ settings: { fsync: 'on', full_page_writes: 'on' } });
try {
  const url = server.url();
  const db = new VisualDatabase({ url, schema: SCHEMA });
  db.createWorktrees(Array.from({ length: WORKTREES }, (_, n) => worktree(n)));
  db.close();
  const peers = [];
  for (const [name, open] of Object.entries(PEERS)) peers.push([name, await open(url)]);
  console.log('| | visual-db | pg | pg / ours, median of rounds |\n|---|--:|--:|--:|');
  for (const [name, measure] of Object.entries(CASES)) {
    const taken = { 'visual-db': [], pg: [] };
    // The first round warms up.
    for (let round = 0; round <= Number(values.rounds); round += 1)
      for (const [peer, calls] of round % 2 ? peers : peers.toReversed()) {
        const took = await measure(calls);
        if (round > 0) taken[peer].push(took);
      }
    const cells = Object.values(taken).map((all) => `${median(all).toFixed(0)} µs ±${Math.round(spread(all) * 100)} %`);
    const ratios = taken.pg.map((hand, n) => hand / taken['visual-db'][n]);
    console.log(`| ${name} | ${cells.join(' | ')} | ${median(ratios).toPrecision(3)} |`);
  }
  for (const [, peer] of peers) await peer.close();
} finally {
  await server.stop();
}
