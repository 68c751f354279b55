// Writes. A case times its own part with `time(operations, fn)` and then puts everything back as it was, so that every round of
// every peer starts from the same rows; only executions pile up, as many for each peer. The values to be written are made
// before the clock starts: making them is the caller's work.
import {
  SIZES,
  WORKTREES,
  ZONES,
  execution,
  worktree,
  worktreeId,
  zone,
  zoneId,
  zoneOfWorktree,
} from '../workload.mjs';

const [, MIDDLE] = SIZES;
const BATCH = 300; // large enough for every batch to pay for a checkpoint of the write-ahead log
const TRANSACTION = 1_000;

const make = (n, fn) => Array.from({ length: n }, (_, i) => fn(i));
const newWorktrees = (n) => make(n, (i) => worktree(WORKTREES + i));
const newZones = (n) => make(n, (i) => zone(ZONES + i));
let recorded = 0;
const newExecutions = (n) => make(n, () => execution(5_000_000 + recorded++));
const scattered = (i) => worktreeId((i * 7) % WORKTREES);

const createAll = (db, worktrees) => db.transaction(() => worktrees.forEach((w) => db.createWorktree(w)));
const deleteAll = (db, worktrees) => db.transaction(() => worktrees.forEach((w) => db.deleteWorktree(w.id)));
const createZones = (db, zones) => db.transaction(() => zones.forEach((z) => db.createZone(z)));
const deleteZones = (db, zones) => db.transaction(() => zones.forEach((z) => db.deleteZone(z.id)));
const assignBack = (db, n) =>
  db.transaction(() => make(n, (i) => db.assignWorktreeToZone(worktreeId(i), zoneId(zoneOfWorktree(i)))));

const move = (db, i) => db.updateWorktree(scattered(i), { position: { x: i, y: i + 0.5 } });
const reassign = (db, i) => db.assignWorktreeToZone(worktreeId(i), zoneId((i + 1) % ZONES));
const loop = (n, call) => {
  for (let i = 0; i < n; i++) call(i);
};

const single = {
  createWorktree(db, time) {
    const worktrees = newWorktrees(BATCH);
    time(BATCH, () => worktrees.forEach((w) => db.createWorktree(w)));
    deleteAll(db, worktrees);
  },
  deleteWorktree(db, time) {
    const worktrees = newWorktrees(BATCH);
    createAll(db, worktrees);
    time(BATCH, () => worktrees.forEach((w) => db.deleteWorktree(w.id)));
  },
  'updateWorktree, position': (db, time) => time(BATCH, () => loop(BATCH, (i) => move(db, i))),
  'updateWorktree, status'(db, time) {
    const change = (status) => loop(BATCH / 2, (i) => db.updateWorktree(scattered(i), { status: status(i) }));
    time(BATCH, () => {
      change(() => 'review');
      change((i) => worktree((i * 7) % WORKTREES).status);
    });
  },
  createZone(db, time) {
    const zones = newZones(BATCH);
    time(BATCH, () => zones.forEach((z) => db.createZone(z)));
    deleteZones(db, zones);
  },
  deleteZone(db, time) {
    const zones = newZones(BATCH);
    createZones(db, zones);
    time(BATCH, () => zones.forEach((z) => db.deleteZone(z.id)));
  },
  'updateZone, agents and size': (db, time) =>
    time(BATCH, () =>
      loop(BATCH, (i) => db.updateZone(zoneId(i % ZONES), { agents: ['qa', 'devops'], size: { width: 300 + i } })),
    ),
  assignWorktreeToZone(db, time) {
    time(BATCH, () => loop(BATCH, (i) => reassign(db, i)));
    assignBack(db, BATCH);
  },
  removeWorktreeFromZone(db, time) {
    time(BATCH, () => loop(BATCH, (i) => db.removeWorktreeFromZone(worktreeId(i))));
    assignBack(db, BATCH);
  },
};

const inTransaction = {
  createWorktree(db, time) {
    const worktrees = newWorktrees(TRANSACTION);
    time(TRANSACTION, () => createAll(db, worktrees));
    deleteAll(db, worktrees);
  },
  'updateWorktree, position': (db, time) =>
    time(TRANSACTION, () => db.transaction(() => loop(TRANSACTION, (i) => move(db, i)))),
  assignWorktreeToZone(db, time) {
    time(TRANSACTION, () => db.transaction(() => loop(TRANSACTION, (i) => reassign(db, i))));
    assignBack(db, TRANSACTION);
  },
};

const reading = {
  getWorktree: (db, time) =>
    time(TRANSACTION, () => db.transaction(() => loop(TRANSACTION, (i) => db.getWorktree(scattered(i))))),
};

const recordExecution = {
  recordExecution(db, time) {
    const executions = newExecutions(BATCH);
    time(BATCH, () => executions.forEach((e) => db.recordExecution(e)));
  },
};
const recordExecutionInTransaction = {
  recordExecution(db, time) {
    const executions = newExecutions(TRANSACTION);
    time(TRANSACTION, () => db.transaction(() => executions.forEach((e) => db.recordExecution(e))));
  },
};

const bulk = {
  'createWorktrees, 500'(db, time) {
    const worktrees = newWorktrees(500);
    time(500, () => db.createWorktrees(worktrees));
    deleteAll(db, worktrees);
  },
  'recordExecutions, 1,000'(db, time) {
    const executions = newExecutions(TRANSACTION);
    time(TRANSACTION, () => db.recordExecutions(executions));
  },
  'assignWorktreesToZone, 500'(db, time) {
    const ids = make(500, worktreeId);
    time(500, () => db.assignWorktreesToZone(ids, zoneId(7)));
    assignBack(db, 500);
  },
};

const timed = (group, sizes, calls, suffix = '') =>
  Object.entries(calls).map(([name, run]) => ({ name: name + suffix, group, sizes, timed: run }));

export const writes = [
  ...timed('single writes', [MIDDLE], single),
  ...timed('recordExecution', SIZES, recordExecution),
  ...timed('writes in a transaction', [MIDDLE], inTransaction, ', in a transaction'),
  ...timed('recordExecution in a transaction', [MIDDLE], recordExecutionInTransaction, ', in a transaction'),
  ...timed('bulk calls', [MIDDLE], bulk),
  ...timed('every other case', [MIDDLE], reading, ', in a transaction'),
];
