// How much load one board and one server can take: `node bench/postgres/limits.mjs [--seconds 5] [--boards 100] [--programs FOLDER]`. The
// server is one of three hosts under Patroni on this machine (examples/cluster), on the disk of the temporary folder, with a synchronous
// standby and without. As root the hosts are network namespaces.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Cluster } from '../../examples/cluster/cluster.mjs';
import { processesIn } from '../../examples/cluster/network.mjs';
import { install } from '../../examples/cluster/programs.mjs';
import { VisualDatabase } from '../../lib/index.mjs';
import { median } from '../statistics.mjs';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '5' },
    boards: { type: 'string', default: '100' },
    programs: { type: 'string' },
  },
});
const [seconds, boards] = [Number(values.seconds), Number(values.boards)];
const WRITER = fileURLToPath(new URL('limits_writer.mjs', import.meta.url));
const KINDS = ['getWorktree', 'updateWorktree', 'recordExecution', 'transaction', 'run'];

function furnish(url, schema) {
  const db = new VisualDatabase({ url, schema });
  if (db.getZone('zone') === null) {
    db.createZone({ id: 'zone', name: 'Zone' });
    const worktree = (n) => ({ id: `wt-${n}`, path: `/worktrees/${n}`, port: 3000 + n, branchName: `b-${n}` });
    db.createWorktrees(Array.from({ length: 16 }, (_, n) => worktree(n)));
  }
  return db;
}

/** Runs `count` processes of one kind at once: their calls a second, together, and the median of a call in milliseconds. */
async function measure(count, kind, place) {
  const children = Array.from({ length: count }, (_, n) => {
    const { url, schema } = place(n);
    const given = { url, schema, kind, name: `wt-${n}`, seconds };
    const child = spawn(process.execPath, [WRITER, JSON.stringify(given)], { stdio: ['pipe', 'pipe', 'inherit'] });
    return { child, lines: createInterface(child.stdout)[Symbol.asyncIterator](), ended: once(child, 'exit') };
  });
  const line = async ({ lines }) => (await lines.next()).value;
  await Promise.all(children.map(line));
  for (const { child } of children) child.stdin.end('go');
  const results = (await Promise.all(children.map(line))).map((text) => JSON.parse(text));
  await Promise.all(children.map(({ ended }) => ended));
  const all = results.reduce((sum, result) => sum + result.count, 0);
  return { rate: all / seconds, time: median(results.map((result) => result.median)) };
}

const row = (...cells) => console.log(`| ${cells.join(' | ')} |`);
const head = (...cells) => {
  console.log('');
  row(...cells);
  row(...cells.map((_, n) => (n === 0 ? '---' : '--:')));
};

/** The proportional set size of processes, which counts shared memory once. */
const memory = (pids) =>
  pids.reduce(
    (sum, pid) => sum + Number(/^Pss:\s+(\d+)/m.exec(fs.readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))[1]),
    0,
  ) / 1024;

async function within(isSynchronous, measured) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'visual-db-limits-'));
  const programs = await install(path.resolve(values.programs ?? path.join(folder, 'programs')));
  const cluster = new Cluster({ folder, programs, isSynchronous });
  const stop = () => cluster.stopNow();
  process.once('exit', stop);
  try {
    await cluster.start();
    await measured(cluster);
  } finally {
    process.off('exit', stop);
    await cluster.stop();
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

async function calls({ url }) {
  furnish(url).close();
  head('one process', 'median of a call, ms');
  for (const kind of KINDS) row(kind, (await measure(1, kind, () => ({ url }))).time.toFixed(2));
}

async function writes({ url }) {
  const counts = [1, 2, 4, 8, 16];
  head('one board, calls a second', ...counts.map((count) => `${count} processes`));
  for (const kind of ['recordExecution', 'transaction', 'run']) {
    const rates = [];
    for (const count of counts) rates.push((await measure(count, kind, () => ({ url }))).rate.toFixed(0));
    row(kind, ...rates);
  }
  for (let n = 0; n < 16; n += 1) furnish(url, `own_${n}`).close();
  const rates = [];
  for (const count of counts) {
    rates.push((await measure(count, 'transaction', (n) => ({ url, schema: `own_${n}` }))).rate.toFixed(0));
  }
  row('transaction, each process on a board of its own', ...rates);
}

async function manyBoards(cluster) {
  const { url } = cluster;
  const before = await measure(1, 'updateWorktree', () => ({ url }));
  const size = async () => {
    const folder = path.join(cluster.folderOf(await cluster.leader()), 'data/base');
    const files = fs.readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    const bytes = files.reduce((sum, { parentPath, name }) => sum + fs.statSync(path.join(parentPath, name)).size, 0);
    return { bytes, files: files.length };
  };
  const first = await size();
  const times = [];
  for (let n = 0; n < boards; n += 1) {
    const from = performance.now();
    furnish(url, `board_${n}`).close();
    times.push(performance.now() - from);
  }
  const last = await size();
  const after = await measure(1, 'updateWorktree', () => ({ url }));
  head(`${boards} boards, a schema each, in one database`, '');
  row('to make one, median, ms', median(times).toFixed(0));
  row('disk of one, MiB', ((last.bytes - first.bytes) / boards / 2 ** 20).toFixed(2));
  row('files of one', ((last.files - first.files) / boards).toFixed(0));
  row('updateWorktree before and after, ms', `${before.time.toFixed(2)}, ${after.time.toFixed(2)}`);
}

async function connections(cluster) {
  const leader = await cluster.leader();
  const pids = () => processesIn(path.join(cluster.folderOf(leader), 'data'));
  const open = [];
  const before = memory(pids());
  for (let n = 0; n < 40; n += 1) {
    const db = new VisualDatabase({ url: cluster.url });
    for (const each of db.listWorktrees()) db.updateWorktree(each.id, { status: `by ${n}` });
    open.push(db);
  }
  const after = memory(pids());
  head('40 connections, each of which has read and written', '');
  row('memory of one on the server, MiB', ((after - before) / open.length).toFixed(1));
  for (const db of open) db.close();
}

console.log(
  `${new Date().toISOString().slice(0, 10)}, ${os.cpus().length} × ${os.cpus()[0].model}, Node ${process.version}, ` +
    `load before ${os.loadavg()[0].toFixed(1)}; all hosts on this one machine`,
);
console.log('\nWith a synchronous standby');
await within(true, async (cluster) => {
  await calls(cluster);
  await writes(cluster);
  await connections(cluster);
  await manyBoards(cluster);
});
console.log('\nWith asynchronous standbys');
await within(false, calls);
