// An orchestrator: enqueues a run each half second, and prints a line about their progress each second, until all have ended.
import { setTimeout } from 'node:timers/promises';
import { VisualDatabase } from '@ai-orchestra/visual-db';
import { patient } from './patient.mjs';

const { DATABASE_URL: url, RUNS } = process.env;
const count = Number(RUNS);
const db = await patient(() => new VisualDatabase({ url }));
const wish = { zoneId: 'build', worktreeId: 'login', agentType: 'demo', maxAttempts: 10 };
if (db.getZone('build') === null) db.createZone({ id: 'build', name: 'Build' });
if (db.getWorktree('login') === null)
  db.createWorktree({ id: 'login', path: '/srv/login', port: 3001, branchName: 'feature/login' });

const told = (name, value) => console.log(JSON.stringify({ [name]: value }));
const all = async () => (await patient(() => db.listRuns({ agentType: 'demo', limit: 1000 }))).items;

for (let n = 1; n <= count; n += 1) {
  await patient(() => db.enqueueRun({ ...wish, prompt: `Part ${n}`, idempotencyKey: `part-${n}` }));
  if (n % 2 === 0) told('runs', counted(await all()));
  await setTimeout(500);
}
for (;;) {
  const runs = await all();
  told('runs', counted(runs));
  if (runs.every(({ status }) => status === 'succeeded')) break;
  await setTimeout(1000);
}
const { total } = await patient(() => db.getExecutionStats({ zoneId: 'build' }));
told('ended', { wanted: count, runs: (await all()).length, executions: total });
db.close();

function counted(runs) {
  const of = (...statuses) => runs.filter(({ status }) => statuses.includes(status)).length;
  return { queued: of('queued'), running: of('running'), succeeded: of('succeeded') };
}
