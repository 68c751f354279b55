// A large file is pruned while others work with it, and whoever prunes is killed again and again.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { peerNode } from '../support/child.mjs';
import { worktree, zone } from '../support/samples.mjs';
import { VisualDatabase } from '../support/visual_database.mjs';
import { folder } from './support/folder.mjs';
import { amount, figure, within } from './support/torture.mjs';

const MIB = 1024 * 1024;
const SIZE = amount(24, 1024) * MIB;
const OURS = 4;
const KILLS = amount(3, 20);
/**
 * How long a call of anybody may take, in milliseconds, on a machine that has other work: a bound, not what is to be expected. Who waits for the
 * lock sleeps for up to 150 ms at a time beside writers of other kinds (decision 18), whether or not anybody prunes, so the same company
 * is looked at without a pruner first; where it is slower than that then, so it may be.
 */
const LONGEST = 1000;
/** And how many calls in a thousand may take longer than 100 ms. */
const LONG = 2;
const LONGEST_LOG = 64 * MIB;
/** How long nobody prunes, in milliseconds. */
const CONTROL = amount(3, 20) * 1000;
const DAY = 86_400_000;
const TEXT = 'Build the form as the design says, then run the tests. '.repeat(140);

/** Runs of two months ago, a tenth of them without much text, and young ones. */
function fill(dbPath) {
  let now = Date.now() - 60 * DAY;
  const db = new VisualDatabase({ dbPath, clock: () => now, retention: false });
  db.createZone(zone(1));
  for (const n of [1, 2]) db.createWorktree(worktree(n));
  let runs = 0;
  while (fs.statSync(dbPath).size < SIZE) {
    db.transaction(() => {
      for (let n = 0; n < 500; n += 1) {
        now += 10;
        const run = { zoneId: 'zone-1', worktreeId: 'wt-1', agentType: 'old', prompt: TEXT, success: true };
        db.recordExecution({ ...run, result: { text: TEXT.slice(0, 300) } });
        runs += 1;
      }
    });
    db.db.pragma('wal_checkpoint(TRUNCATE)');
  }
  db.listRuns();
  db.close();
  return runs;
}

function start(script, args, node = process.execPath) {
  const path = fileURLToPath(new URL(`support/pruning/${script}.mjs`, import.meta.url));
  const child = spawn(node, [path, ...args], { stdio: ['pipe', 'pipe', 'inherit'] });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (data) => (text += data));
  const ended = new Promise((resolve) => child.on('close', () => resolve(text)));
  const ready = new Promise((resolve) => child.stdout.once('data', resolve));
  return { child, ended, ready };
}

/** Everybody's times until now; they start over. */
const lap = (company) =>
  Promise.all(
    company.map(async ({ child }) => {
      const answer = once(child.stdout, 'data');
      child.stdin.write('lap\n');
      return JSON.parse((await answer)[0]);
    }),
  );

/** What they come to. */
function sum(times) {
  const of = (value) => times.reduce((all, one) => all + value(one), 0);
  const [calls, long] = [of((one) => one.calls), of((one) => one.long)];
  const slowest = Math.max(...times.flatMap((one) => Object.values(one.slowest)));
  const text = `${calls} calls, the slowest ${slowest.toFixed(0)} ms, ${((long / calls) * 1000).toFixed(2)} in a thousand longer than 100 ms`;
  return { calls, slowest, perMille: (long / calls) * 1000, text };
}

const told = (text) => JSON.parse(text.trim().split('\n').at(-1));

it('gives the disk back while five processes read and write, whoever prunes is killed', within(180, 30), async () => {
  const dbPath = join(folder(), 'visual.db');
  const filled = fill(dbPath);
  const before = fs.statSync(dbPath).size;
  const company = [
    ...Array.from({ length: OURS }, (_, n) => start('ours', [dbPath, `ours-${n}`])),
    start('theirs', [dbPath], peerNode()),
  ];
  await Promise.all(company.map(({ ready }) => ready));
  let longestLog = 0;
  const watch = setInterval(() => {
    longestLog = Math.max(longestLog, fs.statSync(`${dbPath}-wal`, { throwIfNoEntry: false })?.size ?? 0);
  }, 20);
  await lap(company);
  await setTimeout(CONTROL);
  const control = sum(await lap(company));
  const controlLog = longestLog;
  longestLog = 0;
  const policy = JSON.stringify({ bodies: '30d' });
  const from = performance.now();
  for (let kill = 0; kill < KILLS; kill += 1) {
    const { child, ended } = start('pruner', [dbPath, policy]);
    await setTimeout(150 + Math.random() * amount(300, 1500));
    child.kill('SIGKILL');
    await ended;
  }
  const last = told(await start('pruner', [dbPath, policy]).ended);
  const seconds = (performance.now() - from) / 1000;
  const beside = sum(await lap(company));
  for (const { child } of company) child.stdin.end();
  const all = await Promise.all(company.map(async ({ ended }) => told(await ended)));
  clearInterval(watch);

  const db = new VisualDatabase({ dbPath, retention: false });
  db.db.pragma('wal_checkpoint(TRUNCATE)');
  const after = fs.statSync(dbPath).size;
  const recorded = all.flatMap((member) => member.recorded);
  figure('pruning in company', [
    `${Math.round(before / MIB)} MiB became ${Math.round(after / MIB)} in ${seconds.toFixed(1)} s, with ${recorded.length} runs that were recorded meanwhile; ${KILLS} kills`,
    `${OURS} processes of ours and one of better-sqlite3 meanwhile: ${beside.text}`,
    `without a pruner, in ${CONTROL / 1000} s: ${control.text}`,
    `the log at most ${Math.round(longestLog / MIB)} MiB, without a pruner ${Math.round(controlLog / MIB)}; the slowest slice ${last.slowest.toFixed(0)} ms`,
  ]);
  expect(db.db.pragma('integrity_check', { simple: true })).toBe('ok');
  expect(after).toBeLessThan(before * 0.13 + recorded.length * 1000 + MIB);
  expect(longestLog).toBeLessThan(LONGEST_LOG);
  expect(beside.slowest).toBeLessThan(Math.max(LONGEST, control.slowest * 2));
  expect(beside.perMille).toBeLessThan(Math.max(LONG, control.perMille * 2));
  // Nothing else is lost: what was acknowledged is there with its text, and all of it counts.
  expect(recorded.filter((id) => !db.getExecution(id)?.prompt.startsWith('kept'))).toEqual([]);
  expect(db.getExecutionStats().total).toBe(filled + recorded.length);
  expect(
    db.db.prepare("SELECT count(*) FROM zone_executions WHERE agent_type = 'old' AND prompt <> ''").pluck().get(),
  ).toBe(0);
  expect(db.listRuns({ agentType: 'old', limit: 1 }).items[0].bodiesPrunedAt).not.toBeNull();
  db.close();
});
