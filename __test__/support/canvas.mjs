import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { asWritten } from '../../bench/peers/as_written.mjs';
import { Database, isReference } from './database.mjs';

const require = createRequire(import.meta.url);
const VisualDatabase = isReference
  ? asWritten(Database)
  : require(fileURLToPath(new URL('../../lib/index.js', import.meta.url))).VisualDatabase;

const day = (n) => `2026-01-0${n}T00:00:00.000Z`;

/** Puts three worktrees, two zones and five executions on a canvas. */
export function furnish(visual) {
  const worktrees = [
    {
      id: 'wt-1',
      port: 3001,
      branchName: 'feature/login',
      status: 'active',
      taskId: 'TASK-1',
      position: { x: 1.5, y: -2 },
    },
    { id: 'wt-2', port: 3002, branchName: 'feature/logout', status: 'active' },
    { id: 'wt-3', port: 3003, branchName: 'fix/typo', status: 'completed' },
  ];
  for (const [i, worktree] of worktrees.entries()) {
    visual.createWorktree({ ...worktree, path: `/trees/${worktree.id}`, createdAt: day(i + 1) });
  }
  visual.createZone({ id: 'zone-dev', name: 'Development', agents: ['frontend', 'backend'], createdAt: day(1) });
  visual.createZone({ id: 'zone-test', name: 'Testing', agents: ['qa'], createdAt: day(2) });
  visual.assignWorktreeToZone('wt-1', 'zone-dev');
  visual.assignWorktreeToZone('wt-2', 'zone-dev');
  const runs = [
    ['zone-dev', 'wt-1', 'frontend', true],
    ['zone-dev', 'wt-1', 'backend', false],
    ['zone-dev', 'wt-2', 'frontend', true],
    ['zone-test', 'wt-2', 'qa', true],
    ['zone-test', 'wt-3', 'qa', false],
  ];
  for (const [zoneId, worktreeId, agentType, success] of runs) {
    visual.recordExecution({
      zoneId,
      worktreeId,
      agentType,
      success,
      prompt: `work on ${worktreeId}`,
      result: { ok: success },
    });
  }
  return visual;
}

/** A furnished canvas in memory, of the given class. Against the reference it is the JavaScript layer’s. */
export const openCanvas = (Class = VisualDatabase) => furnish(new Class({ dbPath: ':memory:' }));
