// What it costs that calls can be watched: `node bench/watched.mjs`, with the addon built. It measures reads whose answers are kept: the
// methods themselves, and those of the class, unwatched and watched, each in processes of its own. Decision 40 quotes it.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { VisualDatabase, traceCalls } from '../lib/index.mjs';

const require = createRequire(import.meta.url);

/** The variants, set up before the database is opened. */
const WHO = {
  'the method itself': () => {
    for (const concept of ['worktrees', 'zones', 'assignments', 'statistics']) {
      const { methods } = require(`../lib/visual/${concept}.js`);
      for (const [name, value] of Object.entries(methods)) {
        Object.defineProperty(VisualDatabase.prototype, name, { value, writable: true, configurable: true });
      }
    }
    return {};
  },
  'nobody watches': () => ({}),
  onQuery: () => ({ onQuery: () => {} }),
  // Without an SDK it makes no spans.
  traceCalls: () => traceCalls() && {},
};
const CALLS = 100_000;
const ROUNDS = 7;
const PROCESSES = 3;

/** Nanoseconds of CPU time that a call takes, the least of the rounds. */
function measure(who) {
  const folder = mkdtempSync(join(os.tmpdir(), 'visual-db-'));
  const db = new VisualDatabase({ dbPath: join(folder, 'visual.db'), ...WHO[who]() });
  db.createWorktree({ id: 'wt-1', path: '/worktrees/1', port: 3001, branchName: 'feature/1' });
  db.createZone({ id: 'zone-1', name: 'Zone' });
  db.assignWorktreeToZone('wt-1', 'zone-1');
  const reads = {
    getWorktree: (calls) => {
      for (let call = 0; call < calls; call += 1) db.getWorktree('wt-1');
    },
    getWorktreeZone: (calls) => {
      for (let call = 0; call < calls; call += 1) db.getWorktreeZone('wt-1');
    },
    getStats: (calls) => {
      for (let call = 0; call < calls; call += 1) db.getStats();
    },
  };
  const calls = who === 'the method itself' || who === 'nobody watches' ? CALLS : CALLS / 20;
  const best = {};
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [name, read] of Object.entries(reads)) {
      const start = process.cpuUsage();
      read(calls);
      const { user, system } = process.cpuUsage(start);
      best[name] = Math.min(best[name] ?? Infinity, ((user + system) * 1000) / calls);
    }
  }
  db.close();
  rmSync(folder, { recursive: true });
  return best;
}

if (process.argv[2] !== undefined) {
  console.log(JSON.stringify(measure(process.argv[2])));
} else {
  console.log(`Node ${process.version}, nanoseconds of the processor a call, the least of ${PROCESSES} processes`);
  const least = {};
  for (let turn = 0; turn < PROCESSES; turn += 1) {
    for (const who of Object.keys(WHO)) {
      const times = JSON.parse(
        execFileSync(process.execPath, [fileURLToPath(import.meta.url), who], { encoding: 'utf8' }),
      );
      least[who] ??= times;
      for (const [name, took] of Object.entries(times)) least[who][name] = Math.min(least[who][name], took);
    }
  }
  console.table(
    Object.fromEntries(
      Object.entries(least).map(([who, times]) => [
        who,
        Object.fromEntries(Object.entries(times).map(([name, took]) => [name, Math.round(took)])),
      ]),
    ),
  );
}
