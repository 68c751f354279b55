// What pruning and exporting cost: `node bench/keeping/index.mjs [--runs 100000] [--rounds 3]`, with the addon built. It prunes all runs
// of a file in slices, beside `DELETE` by key in slices of the same size on better-sqlite3, in a copy of the file, with what that leaves to
// the next list of runs; and exports into a stream that takes everything, and into a file. Decisions 35 and 36 quote it.
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { parseArgs } from 'node:util';
import { VisualDatabase } from '../../lib/index.mjs';
import { start } from '../node24.mjs';
import { furnishBoard, record } from '../wide_board.mjs';

const { values } = parseArgs({
  options: { runs: { type: 'string', default: '100000' }, rounds: { type: 'string', default: '3' } },
});
const RUNS = Number(values.runs);
const folder = mkdtempSync(join(tmpdir(), 'visual-db-keeping-'));

function furnish(dbPath) {
  const db = new VisualDatabase({ dbPath, clock: () => Date.now() - 86_400_000, retention: false });
  furnishBoard(db);
  record(db, RUNS, { prompt: 30, output: 20 });
  db.listRuns({ limit: 1 });
  db.close();
}

const timed = async (work) => {
  const from = performance.now();
  const value = await work();
  return [performance.now() - from, value];
};

try {
  const file = join(folder, 'filled.db');
  furnish(file);
  for (let round = 1; round <= Number(values.rounds); round += 1) {
    const db = new VisualDatabase({ dbPath: file, retention: false });
    const nowhere = new Writable({ write: (_, __, done) => done() });
    const [stream, { bytes }] = await timed(() => db.exportAll(nowhere));
    const target = join(folder, `board-${round}.jsonl`);
    const [written] = await timed(() => db.exportAll(target));
    rmSync(target);
    db.close();
    console.log(
      `export: ${Math.round(bytes / 1e3 / stream)} MB/s, into a file ${Math.round(bytes / 1e3 / written)} MB/s`,
    );

    const ours = join(folder, `ours-${round}.db`);
    cpSync(file, ours);
    const pruned = new VisualDatabase({ dbPath: ours, retention: false });
    let slices = 0;
    let slowest = 0;
    const cpu = process.cpuUsage();
    const [took] = await timed(() => {
      for (let more = true; more; slices += 1) {
        const from = performance.now();
        ({ more } = pruned.prune({ runs: 0, budgetMs: 50 }));
        slowest = Math.max(slowest, performance.now() - from);
      }
    });
    const { user, system } = process.cpuUsage(cpu);
    pruned.close();
    const theirs = join(folder, `theirs-${round}.db`);
    cpSync(file, theirs);
    const child = await start('keeping/by_key.mjs', theirs, 256);
    child.stop();
    const { took: deleted, shrunk, cpu: theirsCpu } = child.first;
    // The work left to the next list of runs: taking the deleted ones out of the history.
    const next = new VisualDatabase({ dbPath: theirs, retention: false });
    const listing = process.cpuUsage();
    next.listRuns({ limit: 1 });
    const left = process.cpuUsage(listing);
    next.close();
    console.log(
      `prune ${RUNS}: ${Math.round(took)} ms in ${slices} calls, the slowest ${Math.round(slowest)} ms; ${Math.round((user + system) / 1000)} ms of CPU; DELETE by key ${Math.round(deleted)} ms, with incremental_vacuum ${Math.round(deleted + shrunk)} ms, ${theirsCpu} ms of CPU, and ${Math.round((left.user + left.system) / 1000)} in the next list`,
    );
    for (const name of [ours, theirs]) rmSync(name, { force: true });
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
