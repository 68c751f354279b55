// A call of every method, for suites about what all of them have in common.
import { claim, ended, queued, running, waiting, wanted } from './runs.mjs';
import { execution, worktree } from './samples.mjs';

const ANNA = { kind: 'user', id: 'anna' };
const CHUNKS = [
  { stream: 'stdout', text: 'one' },
  { stream: 'stderr', text: 'two' },
];

/** Each method: the call on a furnished board, and what is made before for it. A number, 0 or 1, tells one call from the next. */
export const CALLS = {
  createWorktree: [(db, n) => db.createWorktree(worktree(10 + n))],
  createWorktrees: [(db, n) => db.createWorktrees([1, 2, 3].map((m) => worktree(10 * n + m + 100)))],
  getWorktree: [(db) => db.getWorktree('wt-1')],
  listWorktrees: [(db) => db.listWorktrees()],
  findWorktrees: [(db) => db.findWorktrees({ branchName: 'feature/*' })],
  updateWorktree: [(db, n) => db.updateWorktree('wt-1', { status: `s${n}` })],
  relocateWorktree: [(db, n) => db.relocateWorktree('wt-1', { port: 4000 + n })],
  deleteWorktree: [(db, n) => db.deleteWorktree(`wt-${1 + n}`)],
  allocatePort: [(db) => db.allocatePort()],
  createZone: [(db, n) => db.createZone({ id: `z${n}`, name: 'Z' })],
  getZone: [(db) => db.getZone('zone-1')],
  listZones: [(db) => db.listZones()],
  updateZone: [(db, n) => db.updateZone('zone-1', { name: `n${n}` })],
  deleteZone: [(db, n) => db.deleteZone(`zone-${1 + n}`)],
  assignWorktreeToZone: [(db, n) => db.assignWorktreeToZone('wt-1', `zone-${1 + n}`)],
  assignWorktreesToZone: [(db, n) => db.assignWorktreesToZone(['wt-1', 'wt-2', 'wt-3'], `zone-${1 + n}`)],
  getWorktreeZone: [(db) => db.getWorktreeZone('wt-1')],
  removeWorktreeFromZone: [(db) => db.removeWorktreeFromZone('wt-1')],
  getWorktreesInZone: [(db) => db.getWorktreesInZone('zone-1')],
  recordExecution: [(db) => db.recordExecution(execution())],
  recordExecutions: [(db) => db.recordExecutions([execution(), execution(), execution()])],
  getExecution: [(db, n, id) => db.getExecution(id), (db) => db.recordExecution(execution())],
  getExecutionHistory: [(db) => db.getExecutionHistory('zone-1')],
  getWorktreeExecutions: [(db) => db.getWorktreeExecutions('wt-1')],
  getExecutionStats: [(db) => db.getExecutionStats({ zoneId: 'zone-1' })],
  getStats: [(db) => db.getStats()],
  getTrend: [(db) => db.getTrend()],
  getFlow: [(db) => db.getFlow()],
  getBoard: [(db) => db.getBoard()],
  moveWorktree: [(db, n) => db.moveWorktree('wt-2', `zone-${1 + n}`, { reason: 'r', position: { x: n } })],
  'enqueueRun by a move': [(db, n) => db.moveWorktree('wt-2', `zone-${1 + n}`, { enqueue: true })],
  moveWorktrees: [
    (db, n) => db.moveWorktrees(['wt-1', 'wt-2'].map((worktreeId) => ({ worktreeId, zoneId: `zone-${2 - n}` }))),
  ],
  getMoves: [(db) => db.getMoves()],
  archiveWorktree: [(db, n) => db.archiveWorktree(`wt-${1 + n}`)],
  restoreWorktree: [
    (db, n) => db.restoreWorktree(`wt-${1 + n}`),
    (db) => ['wt-1', 'wt-2'].map((id) => db.archiveWorktree(id)),
  ],
  listArchived: [(db) => db.listArchived()],
  undo: [(db) => db.undo({ by: ANNA }), (db) => [1, 2].map((n) => db.as(ANNA).moveWorktree('wt-2', `zone-${n}`))],
  redo: [
    (db) => db.redo({ by: ANNA }),
    (db) => {
      for (const n of [1, 2]) db.as(ANNA).moveWorktree('wt-2', `zone-${n}`);
      for (const _ of [1, 2]) db.undo({ by: ANNA });
    },
  ],
  enqueueRun: [(db) => db.enqueueRun(wanted())],
  'enqueueRun with a key': [(db) => db.enqueueRun(wanted({ idempotencyKey: 'k' }))],
  enqueueRuns: [(db) => db.enqueueRuns([wanted(), wanted(), wanted()])],
  startRun: [(db) => db.startRun(wanted(), { workerId: 'w' })],
  claimRun: [(db) => claim(db), (db) => [queued(db), queued(db)]],
  claimRuns: [(db) => db.claimRuns({ workerId: 'w', limit: 2 }), (db) => [1, 2, 3, 4].map(() => queued(db))],
  'claimRun of none': [(db) => claim(db)],
  heartbeatRun: [(db, n, { run, token }) => db.heartbeatRun(run.id, token), (db) => running(db)],
  appendOutput: [(db, n, { run, token }) => db.appendOutput(run.id, token, CHUNKS), (db) => running(db)],
  getOutput: [(db, n, { run }) => db.getOutput(run.id), (db) => running(db)],
  recordUsage: [(db, n, { run }) => db.recordUsage(run.id, { model: 'm', costMicros: 5 }), (db) => running(db)],
  waitRun: [
    (db, n, held) => db.waitRun(held[n].run.id, held[n].token, { question: '?' }),
    (db) => [running(db), running(db)],
  ],
  answerRun: [(db, n, asked) => db.answerRun(asked[n].id, { answer: '!' }), (db) => [waiting(db), waiting(db)]],
  releaseRun: [(db, n, held) => db.releaseRun(held[n].run.id, held[n].token), (db) => [running(db), running(db)]],
  finishRun: [
    (db, n, held) => db.finishRun(held[n].run.id, held[n].token, { status: 'succeeded', result: { n } }),
    (db) => [running(db), running(db)],
  ],
  cancelRun: [(db, n, runs) => db.cancelRun(runs[n].id), (db) => [queued(db), queued(db)]],
  retryRun: [(db, n, runs) => db.retryRun(runs[n].id), (db) => [ended(db), ended(db)]],
  sweepRuns: [(db) => db.sweepRuns()],
  getRun: [(db, n, { id }) => db.getRun(id), (db) => queued(db)],
  listRuns: [(db) => db.listRuns({ zoneId: 'zone-1' })],
  setRunLimit: [(db, n) => db.setRunLimit({ zoneId: 'zone-1' }, 2 + n)],
  getRunLimits: [(db) => db.getRunLimits()],
  setBudget: [(db, n) => db.setBudget({ period: 'day' }, 5 + n)],
  getBudgets: [(db) => db.getBudgets()],
  setWipLimit: [(db, n) => db.setWipLimit('zone-1', 3 + n)],
  renderPrompt: [(db) => db.renderPrompt('zone-1', 'wt-1')],
  getChanges: [(db) => db.getChanges()],
  setMetadata: [(db, n) => db.setMetadata('zone', 'zone-1', { n })],
  getMetadata: [(db) => db.getMetadata('zone', 'zone-1')],
  searchRuns: [(db) => db.searchRuns('build'), (db) => db.enableSearch()],
  getRetention: [(db) => db.getRetention()],
  setRetention: [(db, n) => db.setRetention({ output: `${5 + n}d` })],
};

/** What is no call that is asked and answered, and why. */
export const OTHERS = {
  constructor: 'connects',
  close: 'ends the connection',
  transaction: 'below',
  as: 'asks nothing',
  waitForRun: 'waits',
  watch: 'waits',
  enableSearch: 'reads all there is, part by part',
  disableSearch: 'removes what that made',
  backup: 'is of files',
  backupSync: 'is of files',
  exportAll: 'goes on as long as there is something',
  importAll: 'goes on as long as there is something',
  prune: 'goes on as long as there is something',
  metrics: 'is made of other calls',
};
