// `npm run drill`: three hosts under Patroni, with writers and run workers, and everything that can happen to the leading host.
// Afterwards what was acknowledged is compared with what the database has.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Cluster } from '../../examples/cluster/cluster.mjs';
import { canCut } from '../../examples/cluster/network.mjs';
import { ETCD, PATRONI, install } from '../../examples/cluster/programs.mjs';
import { compare, unavailable } from './compare.mjs';
import { EVENTS, isCut } from './events.mjs';

const require = createRequire(import.meta.url);
const HELP = `npm run drill [-- OPTIONS]: failover of three hosts under load, and what became of what was acknowledged

  --quick            each event once instead of three times
  --control          an asynchronous standby: something has to be lost, else the drill sees nothing
  --only NAME,NAME   of the events: ${Object.keys(EVENTS).join(', ')}
  --programs FOLDER  where Patroni and etcd are installed, and found again; a temporary folder without it
  --keep             leaves the logs where they are
  --help

Linux: Debian with its PostgreSQL. As root hosts are network namespaces; otherwise they are addresses, and nothing is cut.
Ends with 0 where all is as it should be, 1 where something was lost or doubled (with --control: where nothing was lost),
2 where it was called wrongly, 3 where the drill itself failed.`;

const [WRITERS, WORKERS] = [4, 2];
const say = (words) => console.log(`${new Date().toISOString().slice(11, 19)} ${words}`);

function options() {
  const { values } = parseArgs({
    options: {
      quick: { type: 'boolean' },
      control: { type: 'boolean' },
      only: { type: 'string' },
      programs: { type: 'string' },
      keep: { type: 'boolean' },
      help: { type: 'boolean' },
    },
  });
  const names = values.only?.split(',') ?? Object.keys(EVENTS);
  const strange = names.filter((name) => !Object.hasOwn(EVENTS, name));
  if (strange.length > 0) throw new Error(`--only: no event is called ${strange.join(', ')}`);
  return { ...values, names };
}

async function drill({ quick, control, names, programs: kept, folder }) {
  say('Installing');
  const programs = await install(path.resolve(kept ?? path.join(folder, 'programs')), say);
  const hasNamespaces = canCut();
  if (!hasNamespaces) say('Without network namespaces, which need root: nothing is cut');
  const cluster = new Cluster({ folder, programs, isSynchronous: !control, hasNamespaces });
  const children = [];
  const endAll = () => {
    for (const child of children) child.kill('SIGKILL');
    cluster.stopNow();
  };
  process.once('exit', endAll);
  try {
    say(`Starting three hosts, ${control ? 'asynchronous' : 'one of them a synchronous standby, strictly'}`);
    await cluster.start();
    const programsOf = furnish(cluster.url, folder);
    for (const each of programsOf) children.push(start(each));
    const events = names.filter((name) => hasNamespaces || !isCut(name));
    const done = [];
    for (let round = 1; round <= (quick ? 1 : 3); round += 1) {
      for (const name of events) done.push(await happen(cluster, name));
    }
    await setTimeout(3000);
    for (const child of children) child.stdin.end();
    const ended = await Promise.all(children.map((child) => child.ended));
    await cluster.isWhole();
    await setTimeout(1000);
    const urls = cluster.hosts.map((host) => cluster.urlOf(host));
    const of = (kind) => programsOf.filter(({ program }) => program === kind);
    const journals = programsOf.map(({ journal }) => journal);
    const times = done.map((event) => ({ name: event.name, anew: event.anew, seconds: unavailable(journals, event) }));
    const result = compare({ url: cluster.url, urls, writers: of('writer'), workers: of('worker') });
    return { ...result, times, failed: ended.filter((code) => code !== 0).length };
  } finally {
    endAll();
    process.off('exit', endAll);
  }
}

/** Makes a board with a zone and a worktree for each program, and gives the programs to start. */
function furnish(url, folder) {
  const { VisualDatabase } = require('../../lib/index.js');
  const db = new VisualDatabase({ url });
  const made = Array.from({ length: WRITERS + WORKERS }, (_, n) => {
    const program = n < WRITERS ? 'writer' : 'worker';
    const name = `${program}${n + 1}`;
    db.createZone({ id: name, name });
    db.createWorktree({ id: name, path: `/worktrees/${n}`, port: 3001 + n, branchName: name, taskId: '0' });
    return { program, name, url, journal: path.join(folder, `${name}.journal`) };
  });
  db.close();
  return made;
}

function start({ program, ...given }) {
  const file = fileURLToPath(new URL(`${program}.mjs`, import.meta.url));
  const child = spawn(process.execPath, [file, JSON.stringify(given)], { stdio: ['pipe', 'inherit', 'inherit'] });
  child.stdin.on('error', () => {});
  child.ended = once(child, 'exit').then(([code, signal]) => code ?? signal);
  return child;
}

/** Makes one event happen, and waits until the cluster is whole again. */
async function happen(cluster, name) {
  await setTimeout(3000);
  const leader = await cluster.leader();
  say(`${leader.name} leads: ${name}`);
  const from = Date.now();
  await EVENTS[name](cluster, leader);
  let anew = [];
  try {
    await cluster.isWhole({ within: 120_000 });
  } catch {
    anew = await cluster.reinitialize();
    say(`  copied anew, since it doesn't follow: ${anew.join(', ')}`);
    await cluster.isWhole();
  }
  // By then, even the longest pause of a program is over.
  await setTimeout(3000);
  const to = Date.now();
  say(`  ${(await cluster.leader()).name} leads; whole again after ${((to - from) / 1000 - 3).toFixed(0)} s`);
  return { name, from, to, anew: anew.length };
}

function report({ times, control, ...found }) {
  const names = [...new Set(times.map(({ name }) => name))];
  const of = (name) => times.filter((event) => event.name === name).map(({ seconds }) => seconds.toFixed(1));
  console.log('\n| event | seconds in which nobody was acknowledged anything, each time |\n|---|---|');
  for (const name of names) console.log(`| ${name} | ${of(name).join(', ')} |`);
  console.log(
    `\n${new Date().toISOString().slice(0, 10)}, Patroni ${PATRONI}, etcd ${ETCD}, ${control ? 'asynchronous' : 'synchronous, strict'}: ` +
      `${times.length} events, ${found.acknowledged} acknowledged, ${found.lost} lost, ${found.doubled} doubled; ` +
      `${found.runs} runs finished, ${found.twice} by two, ${found.undone} not so any more; ` +
      `ERR_DATABASE_UNAVAILABLE ${found.unavailable} times, ERR_OUTCOME_UNKNOWN ${found.unknown}; ` +
      `standbys that had to be copied anew: ${times.reduce((sum, { anew }) => sum + anew, 0)}; hosts that differ afterwards: ${found.differ}`,
  );
  for (const message of new Set(found.errors)) console.log(`Error: ${message}`);
  const isLossless = found.lost === 0 && found.doubled === 0 && found.twice === 0 && found.undone === 0;
  if (control && found.lost === 0)
    console.log('Nothing was lost with an asynchronous standby: this drill would see no loss');
  return (control ? found.lost > 0 : isLossless && found.failed === 0) && found.differ === 0;
}

let given;
try {
  given = options();
} catch ({ message }) {
  console.error(`${message}\n\n${HELP}`);
  process.exit(2);
}
if (given.help) {
  console.log(HELP);
  process.exit();
}
const { addon } = require('../setup.js');
addon();
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'visual-db-drill-'));
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => process.exit(3));
try {
  const isRight = report({ ...(await drill({ ...given, folder })), control: given.control });
  process.exitCode = isRight ? 0 : 1;
} catch (error) {
  console.error(error);
  process.exitCode = 3;
} finally {
  if (given.keep || process.exitCode !== 0) console.log(`The logs are in ${folder}`);
  else fs.rmSync(folder, { recursive: true, force: true });
}
