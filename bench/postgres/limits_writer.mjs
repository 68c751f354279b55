// A process of limits.mjs: makes one kind of call again and again for some seconds, and reports how many, and their median.
import { VisualDatabase } from '../../lib/index.mjs';
import { median } from '../statistics.mjs';

const { url, schema, kind, name, seconds } = JSON.parse(process.argv[2]);
const db = new VisualDatabase({ url, schema, timeout: 30_000 });
const execution = { zoneId: 'zone', worktreeId: name, agentType: 'bench', prompt: 'x'.repeat(500), success: true };
const KINDS = {
  getWorktree: () => db.getWorktree(name),
  updateWorktree: (n) => db.updateWorktree(name, { taskId: String(n) }),
  recordExecution: () => db.recordExecution(execution),
  transaction: (n) => db.transaction(() => db.updateWorktree(name, { taskId: String(n) })),
  run() {
    db.enqueueRun({ zoneId: 'zone', worktreeId: name, agentType: name, prompt: 'x'.repeat(500) });
    const { run, token } = db.claimRun({ workerId: name, agentTypes: [name] });
    db.finishRun(run.id, token, { status: 'succeeded' });
  },
};

for (let n = 0; n < 20; n += 1) KINDS[kind](n);
console.log('ready');
await new Promise((resolve) => process.stdin.once('data', resolve));
process.stdin.destroy();
const times = [];
for (const end = performance.now() + seconds * 1000; performance.now() < end;) {
  const from = performance.now();
  KINDS[kind](times.length);
  times.push(performance.now() - from);
}
console.log(JSON.stringify({ count: times.length, median: median(times) }));
db.close();
