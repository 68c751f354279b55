// `npm start`: a board on three hosts, an orchestrator, and a worker on each of two more hosts; in the middle of it the leader is killed.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Cluster } from './cluster.mjs';
import { install } from './programs.mjs';

const RUNS = Number(process.env.RUNS ?? 40);
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'visual-db-cluster-'));
const began = Date.now();
const say = (words) => console.log(`${((Date.now() - began) / 1000).toFixed(0).padStart(4)} s  ${words}`);
const children = [];
let cluster;

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => process.exit(1));
process.once('exit', () => {
  for (const child of children) child.kill('SIGKILL');
  cluster?.stopNow();
  fs.rmSync(folder, { recursive: true, force: true });
});

/** Starts a program of this folder on a host, or here; each line that it prints is a JSON object. */
function start(file, env, hear, host) {
  const script = fileURLToPath(new URL(file, import.meta.url));
  const [program, ...args] = host
    ? host.command(process.execPath, [script], { asOwner: false })
    : [process.execPath, script];
  const child = spawn(program, args, { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'inherit'] });
  children.push(child);
  createInterface(child.stdout).on('line', (line) => hear(JSON.parse(line)));
  return once(child, 'exit').then(([code, signal]) => code ?? signal);
}

const programs = await install(path.resolve(process.env.PROGRAMS ?? path.join(folder, 'programs')), (what) =>
  say(`installing ${what}`),
);
cluster = new Cluster({ folder, programs, guests: 2 });
say(`starting ${cluster.hosts.map(({ name, address }) => `${name} (${address})`).join(', ')}`);
await cluster.start();
const leader = await cluster.leader();
say(`${leader.name} leads`);

const by = {};
let ended;
const DATABASE_URL = cluster.url;
const over = start('orchestrator.mjs', { DATABASE_URL, RUNS }, (told) => {
  if (told.runs) say(`${told.runs.queued} queued, ${told.runs.running} running, ${told.runs.succeeded} succeeded`);
  if (told.ended) ({ ended } = told);
});
for (const host of cluster.guests) {
  const hear = ({ by: worker }) => (by[worker] = (by[worker] ?? 0) + 1);
  void start('worker.mjs', { DATABASE_URL, WORKER: host.name }, hear, host);
}

await setTimeout((RUNS / 4) * 1000);
say(`killing all that runs on ${leader.name}`);
const killed = Date.now();
await cluster.killHost(leader);
const next = await cluster.leader({ not: leader });
say(`${next.name} leads, after ${((Date.now() - killed) / 1000).toFixed(0)} s`);
await setTimeout(5000);
say(`${leader.name} comes back, and follows`);
cluster.startHost(leader);

const code = await over;
for (const [worker, count] of Object.entries(by)) say(`${worker} finished ${count}`);
if (ended) say(`${ended.wanted} runs wanted, ${ended.runs} there, ${ended.executions} executions`);
const isRight = code === 0 && ended.runs === RUNS && ended.executions === RUNS;
say(isRight ? 'nothing was lost, nothing was done twice' : 'something is wrong');
process.exit(isRight ? 0 : 1);
