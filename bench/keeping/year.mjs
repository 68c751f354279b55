// A year of a busy board in some minutes: `node bench/keeping/year.mjs [--days 365]`, with the addon built. Each day 150 runs are recorded,
// 50 runs print, and 400 cards are dragged, with and without retention; docs/retention.md quotes the sizes.
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { VisualDatabase } from '../../lib/index.mjs';

const { values } = parseArgs({ options: { days: { type: 'string', default: '365' } } });
const DAYS = Number(values.days);
const DAY = 86_400_000;
const POLICY = { bodies: '30d', output: '7d', runs: '180d', changes: '7d' };
const PROMPT = 'Implement what the issue says, as the design has it, and run the tests. '.repeat(30);
const RESULT = { output: 'All tests passed. '.repeat(120) };
const PRINTED = 'compiling module, running the next test\n'.repeat(200);

function year(folder, policy) {
  // The clock starts now, since the log's times never go back.
  let now = Date.now();
  const db = new VisualDatabase({ dbPath: join(folder, 'visual.db'), clock: () => now, retention: false });
  for (let n = 0; n < 8; n++) db.createZone({ id: `zone-${n}`, name: `Zone ${n}` });
  for (let n = 0; n < 60; n++)
    db.createWorktree({ id: `wt-${n}`, path: `/worktrees/${n}`, port: 3000 + n, branchName: `feature/${n}` });
  const of = (n) => ({ zoneId: `zone-${n % 8}`, worktreeId: `wt-${(n * 7) % 60}`, agentType: `agent-${n % 4}` });
  const sizes = [];
  let slowest = 0;
  let slices = 0;
  for (let day = 1; day <= DAYS; day++) {
    now += DAY;
    db.transaction(() => {
      for (let n = 0; n < 150; n++)
        db.recordExecution({ ...of(n), prompt: PROMPT, result: RESULT, success: n % 9 > 0 });
      for (let n = 0; n < 50; n++) {
        const { run, token } = db.startRun({ ...of(n), prompt: PROMPT }, { workerId: 'w' });
        db.appendOutput(run.id, token, [{ stream: 'stdout', text: PRINTED }]);
        db.finishRun(run.id, token, { status: n % 9 > 0 ? 'succeeded' : 'failed', result: RESULT });
      }
      for (let n = 0; n < 400; n++) db.updateWorktree(`wt-${n % 60}`, { position: { x: n, y: day } });
    });
    if (policy) {
      for (let more = true; more; slices++) {
        const from = performance.now();
        ({ more } = db.prune({ ...policy, budgetMs: 20 }));
        slowest = Math.max(slowest, performance.now() - from);
      }
    }
    if (day % 90 === 0 || day === DAYS) {
      db.db.pragma('wal_checkpoint(TRUNCATE)');
      sizes.push(`day ${day}: ${Math.round(statSync(join(folder, 'visual.db')).size / 1e6)} MB`);
    }
  }
  const { total } = db.getExecutionStats();
  const rows = db.getStats().executions;
  db.close();
  return { sizes, total, rows, slices, slowest: Math.round(slowest) };
}

for (const policy of [POLICY, undefined]) {
  const folder = mkdtempSync(join(tmpdir(), 'visual-db-year-'));
  try {
    console.log(policy ? JSON.stringify(policy) : 'everything kept', JSON.stringify(year(folder, policy)));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
