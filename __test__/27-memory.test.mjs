// What the process keeps is what the caller keeps. `bench/memory.mjs` counts a million calls; these are the cases in
// which something small would hold on to something large.
import { expect, it, vi } from 'vitest';
import { runScript } from './support/child.mjs';

vi.setConfig({ testTimeout: 60_000 });

/** Runs `code` and tells by how many megabytes the heap has grown, `kept` and all. */
const GROWTH = (code) => `
  require('node:v8').setFlagsFromString('--expose-gc');
  const collect = require('node:vm').runInNewContext('gc');
  const heap = () => { collect(); return process.memoryUsage().heapUsed / 1e6; };
  const db = new VisualDatabase({ dbPath });
  db.createZone({ id: 'zone-development', name: 'Development' });
  db.createWorktree({ id: 'worktree-feature-1', path: '/worktrees/1', port: 1, branchName: 'feature/1' });
  const run = { zoneId: 'zone-development', worktreeId: 'worktree-feature-1', agentType: 'frontend-engineer' };
  const kept = [];
  const before = heap();
  ${code}
  console.log(heap() - before, kept.length);
  db.close();`;

it('keeping the ids of runs does not keep their prompts', async () => {
  const code = `
    for (let n = 0; n < 10; n++) db.recordExecution({ ...run, prompt: 'p'.repeat(1e6) });
    for (let n = 0; n < 10; n++) kept.push(...db.getExecutionHistory('zone-development').map(({ id }) => id));`;
  const { stdout, stderr } = await runScript(GROWTH(code));
  expect(stderr).toBe('');
  expect(Number(stdout.split(' ')[0])).toBeLessThan(20);
});

it('keeping one worktree of a list does not keep the list', async () => {
  const code = `
    for (let n = 2; n < 500; n++)
      db.createWorktree({ id: 'worktree-feature-' + n, path: '/'.repeat(1000), port: n, branchName: 'feature/branch-' + n });
    for (let n = 0; n < 200; n++) kept.push(db.listWorktrees()[7]);`;
  const { stdout, stderr } = await runScript(GROWTH(code));
  expect(stderr).toBe('');
  expect(Number(stdout.split(' ')[0])).toBeLessThan(20);
});

it('a long text that was stored or refused is let go', async () => {
  const code = `
    const long = 'x'.repeat(40e6);
    for (let n = 0; n < 5; n++) {
      try { db.createWorktree({ id: 'w', path: '/', port: long, branchName: 'b' }); } catch (error) { kept.push(error); }
      db.updateWorktree('worktree-feature-1', { taskId: long + n });
      db.updateWorktree('worktree-feature-1', { taskId: null });
    }`;
  const { stdout, stderr } = await runScript(GROWTH(code));
  expect(stderr).toBe('');
  expect(Number(stdout.split(' ')[0])).toBeLessThan(60);
});
