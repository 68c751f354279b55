// Calls that are cut in their middle.
import { execution, worktree } from '../samples.mjs';

const RUN = { zoneId: 'zone-1', worktreeId: 'wt-1', agentType: 'qa', prompt: 'Look' };
const lease = { workerId: 'w', leaseMs: 60_000 };

/** Each: the call, how much of it there is afterwards, what that is to be, and what is made before for it. */
export const CALLS = {
  createWorktree: [(db) => db.createWorktree(worktree(9)).id, (db) => db.getWorktree('wt-9').id, 'wt-9'],
  'createWorktree of port auto': [
    (db) => db.createWorktree(worktree(9, { port: 'auto' })).port,
    (db) => db.getWorktree('wt-9').port,
  ],
  createWorktrees: [
    (db) => db.createWorktrees([worktree(9), worktree(10)]).length,
    (db) => db.getStats().worktrees - 3,
  ],
  updateWorktree: [(db) => db.updateWorktree('wt-1', { status: 'x' }).status, (db) => db.getWorktree('wt-1').status],
  deleteWorktree: [(db) => db.deleteWorktree('wt-1'), (db) => db.getWorktree('wt-1') === null],
  assignWorktreeToZone: [
    (db) => db.assignWorktreeToZone('wt-2', 'zone-2') && 'zone-2',
    (db) => db.getWorktreeZone('wt-2')?.id ?? db.getWorktreeZone('wt-2'),
  ],
  recordExecution: [(db) => db.recordExecution(execution()) && 2, (db) => db.getExecutionHistory('zone-1', -1).length],
  setMetadata: [(db) => db.setMetadata('zone', 'zone-1', { a: 1 }), (db) => db.getMetadata('zone', 'zone-1')],
  moveWorktree: [
    (db) => db.moveWorktree('wt-1', 'zone-2').move.to,
    (db) => db.getMoves({ worktreeId: 'wt-1' }).items[0].to,
  ],
  enqueueRun: [(db) => db.enqueueRun(RUN) && 1, (db) => db.listRuns({ status: 'queued' }).items.length],
  claimRun: [
    (db) => db.claimRun(lease)?.run.status,
    (db) => db.listRuns({ limit: 1 }).items[0].status,
    'running',
    (db) => db.enqueueRun(RUN),
  ],
  finishRun: [
    (db, { run, token }) => db.finishRun(run.id, token, { status: 'failed', error: 'E' }),
    (db, { run }) => db.getRun(run.id),
    undefined,
    (db) => db.startRun(RUN, lease),
  ],
  heartbeatRun: [
    (db, { run, token }) => db.heartbeatRun(run.id, token).leaseExpiresAt,
    (db, { run }) => db.getRun(run.id).leaseExpiresAt,
    undefined,
    (db) => db.startRun(RUN, lease),
  ],
  'appendOutput with expectedSequence': [
    (db, { run, token }) => db.appendOutput(run.id, token, [{ text: 'x', stream: 'stdout' }], { expectedSequence: 0 }),
    (db, { run }) => db.getOutput(run.id).next,
    1,
    (db) => db.startRun(RUN, lease),
  ],
  recordUsage: [
    (db, { run }) => db.recordUsage(run.id, { model: 'm', costMicros: 7 }).costMicros,
    (db, { run }) => db.getRun(run.id).usage.costMicros,
    7,
    (db) => db.startRun(RUN, lease),
  ],
  cancelRun: [
    (db, { id }) => db.cancelRun(id, { reason: 'Not now' }),
    (db, { id }) => db.getRun(id),
    undefined,
    (db) => db.enqueueRun(RUN),
  ],
};
