// What is measured: one call after the other, as a worker or a script makes them.
export const WORKTREES = 2000;

const EXECUTION = {
  zoneId: 'zone-1',
  worktreeId: 'wt-1',
  agentType: 'frontend',
  prompt: 'Implement what the issue says. '.repeat(20),
};
const id = (n) => `wt-${(n * 7919) % WORKTREES}`;

/** `call(db, n)` is timed, `prepare` is not. `calls` is the number in a round; a composite call writes several rows. */
export const CASES = {
  getWorktree: { calls: 2000, call: (db, n) => db.getWorktree(id(n)) },
  'listWorktrees, 2,000': { calls: 60, call: (db) => db.listWorktrees() },
  updateWorktree: { calls: 500, call: (db, n) => db.updateWorktree(id(n), { status: `s${n}` }) },
  recordExecution: { calls: 500, call: (db) => db.recordExecution(EXECUTION) },
  moveWorktree: {
    calls: 300,
    isComposite: true,
    call: (db, n) => db.moveWorktree(id(n), `zone-${n % 5}`, { reason: 'next' }),
  },
  claimRun: {
    calls: 300,
    isComposite: true,
    prepare: (db) => db.enqueueRun(EXECUTION),
    call: (db) => db.claimRun({ workerId: 'w' }),
  },
  finishRun: {
    calls: 300,
    isComposite: true,
    async prepare(db) {
      await db.enqueueRun(EXECUTION);
      return db.claimRun({ workerId: 'w' });
    },
    call: (db, _, { run, token }) => db.finishRun(run.id, token, { status: 'succeeded', result: { ok: true } }),
  },
};
