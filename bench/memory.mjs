// Does a million calls of anything leave the process as large as it was? Prints the resident size after the first ten
// thousand calls and at the end, for each read, and for creating and deleting; exits with 1 where it grew by more than
// 10 MB. `node bench/memory.mjs [--calls N]`
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { rmSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const WARM_UP = 10_000;
const TOLERATED_GROWTH = 10;
const ROUND = 1_000;

const megabytes = (bytes) => Math.round((bytes / 1024 / 1024) * 10) / 10;

const CALLS = {
  getWorktree: (db) => db.getWorktree('wt-1'),
  listWorktrees: (db) => db.listWorktrees(),
  'listWorktrees of a status': (db) => db.listWorktrees({ status: 'active' }),
  getZone: (db) => db.getZone('zone-1'),
  listZones: (db) => db.listZones(),
  getWorktreeZone: (db) => db.getWorktreeZone('wt-1'),
  getWorktreesInZone: (db) => db.getWorktreesInZone('zone-1'),
  getExecution: (db, { run }) => db.getExecution(run),
  getExecutionHistory: (db) => db.getExecutionHistory('zone-1', 3),
  getWorktreeExecutions: (db) => db.getWorktreeExecutions('wt-1', 3),
  getExecutionStats: (db) => db.getExecutionStats(),
  getStats: (db) => db.getStats(),
  'a read that fails': (db) => {
    try {
      db.getWorktree(7);
    } catch {}
  },
  'createWorktree and deleteWorktree': (db) => {
    db.createWorktree({ id: 'wt-new', path: '/worktrees/new', port: 4000, branchName: 'feature/new' });
    db.deleteWorktree('wt-new');
  },
};

/** Measures one call, in a process of its own, so that one call's garbage is not another's growth. */
async function measure(name, calls) {
  const { VisualDatabase } = await import('../lib/index.mjs');
  const folder = mkdtempSync(join(tmpdir(), 'visual-db-memory-'));
  const db = new VisualDatabase({ dbPath: join(folder, 'visual.db') });
  db.createZone({ id: 'zone-1', name: 'Development', agents: ['frontend', 'backend'] });
  for (const n of [1, 2, 3, 4, 5]) {
    db.createWorktree({ id: `wt-${n}`, path: `/worktrees/${n}`, port: 3000 + n, branchName: `feature/${n}` });
    db.assignWorktreeToZone(`wt-${n}`, 'zone-1');
  }
  const execution = { zoneId: 'zone-1', worktreeId: 'wt-1', agentType: 'frontend', prompt: 'Implement it' };
  const [run] = Array.from({ length: 5 }, (_, n) => db.recordExecution({ ...execution, result: { n } }));

  const call = CALLS[name];
  const rounds = async (count) => {
    for (let done = 0; done < count; done += ROUND) {
      for (let n = 0; n < ROUND; n++) call(db, { run });
      // As on a server, whose event loop turns between requests.
      await new Promise(setImmediate);
    }
    global.gc();
    return process.memoryUsage.rss();
  };
  const first = await rounds(Math.min(WARM_UP, calls));
  const last = await rounds(calls - Math.min(WARM_UP, calls));
  db.close();
  rmSync(folder, { recursive: true });
  process.send({ first, last });
  process.disconnect();
}

async function main() {
  const { values } = parseArgs({
    options: { calls: { type: 'string', default: '1000000' }, measure: { type: 'string' } },
  });
  const calls = Number(values.calls);
  if (!Number.isSafeInteger(calls) || calls < 1)
    throw new RangeError(`--calls: a positive integer, got '${values.calls}'`);
  if (values.measure) return measure(values.measure, calls);

  const table = [];
  for (const name of Object.keys(CALLS)) {
    const child = fork(fileURLToPath(import.meta.url), ['--measure', name, '--calls', values.calls], {
      execArgv: ['--expose-gc'],
    });
    const gone = once(child, 'exit').then(([code, signal]) => {
      throw new Error(`${name}: the process ended (${signal ?? code})`);
    });
    const [{ first, last }] = await Promise.race([once(child, 'message'), gone]);
    gone.catch(() => {});
    const growth = megabytes(last - first);
    table.push({
      call: name,
      'after 10,000 (MB)': megabytes(first),
      [`after ${calls.toLocaleString('en')} (MB)`]: megabytes(last),
      'growth (MB)': growth,
    });
  }
  console.table(table);
  const grown = table.filter((row) => row['growth (MB)'] > TOLERATED_GROWTH);
  if (grown.length)
    console.error(`grew by more than ${TOLERATED_GROWTH} MB: ${grown.map(({ call }) => call).join(', ')}`);
  process.exitCode = grown.length ? 1 : 0;
}

await main();
