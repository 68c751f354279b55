// Writes. A case times its own part and then puts everything back as it was, so that every round of every peer starts from
// the same rows; only executions pile up, as many for each peer. The values to be written are made before the clock
// starts: making them is the caller's work.
//   each(db, time): `time(values, call)` times every call on its own: what one caller mostly waits
//   timed(db, time): `time(operations, fn)` times all of them together: what many in a row cost, checkpoints included
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
const BATCH = 300;
const ARCHIVED = 20;
const HISTORY = 50;
const NUMBERS = Array.from({ length: BATCH }, (_, i) => i);

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

const single = {
  createWorktree(db, time) {
    const worktrees = newWorktrees(BATCH);
    time(worktrees, (w) => db.createWorktree(w));
    deleteAll(db, worktrees);
  },
  deleteWorktree(db, time) {
    const worktrees = newWorktrees(BATCH);
    createAll(db, worktrees);
    time(worktrees, (w) => db.deleteWorktree(w.id));
  },
  'updateWorktree, position': (db, time) => time(NUMBERS, (i) => move(db, i)),
  'updateWorktree, status'(db, time) {
    const worktrees = NUMBERS.map((i) => worktree((i * 7) % WORKTREES));
    time(worktrees, (w) => db.updateWorktree(w.id, { status: 'review' }));
    time(worktrees, (w) => db.updateWorktree(w.id, { status: w.status }));
  },
  relocateWorktree(db, time) {
    const worktrees = NUMBERS.map((i) => worktree((i * 7) % WORKTREES));
    time(worktrees, (w) => db.relocateWorktree(w.id, { port: w.port + 30_000 }));
    db.transaction(() => worktrees.forEach((w) => db.relocateWorktree(w.id, { port: w.port })));
  },
  createZone(db, time) {
    const zones = newZones(BATCH);
    time(zones, (z) => db.createZone(z));
    deleteZones(db, zones);
  },
  deleteZone(db, time) {
    const zones = newZones(BATCH);
    createZones(db, zones);
    time(zones, (z) => db.deleteZone(z.id));
  },
  'updateZone, agents and size': (db, time) =>
    time(NUMBERS, (i) => db.updateZone(zoneId(i % ZONES), { agents: ['qa', 'devops'], size: { width: 300 + i } })),
  assignWorktreeToZone(db, time) {
    time(NUMBERS, (i) => reassign(db, i));
    assignBack(db, BATCH);
  },
  moveWorktree(db, time) {
    time(NUMBERS, (i) => db.moveWorktree(worktreeId(i), zoneId((i + 1) % ZONES), { position: { x: i, y: i + 0.5 } }));
    assignBack(db, BATCH);
  },
  removeWorktreeFromZone(db, time) {
    time(NUMBERS, (i) => db.removeWorktreeFromZone(worktreeId(i)));
    assignBack(db, BATCH);
  },
};
// Worktrees with a short history, as a merged branch has.
const withHistory = (db) => {
  const worktrees = newWorktrees(ARCHIVED);
  createAll(db, worktrees);
  const executions = newExecutions(ARCHIVED * HISTORY);
  db.recordExecutions(executions.map((e, i) => ({ ...e, worktreeId: worktrees[i % ARCHIVED].id })));
  return worktrees;
};
const archive = {
  [`archiveWorktree, ${HISTORY} executions`](db, time) {
    const worktrees = withHistory(db);
    time(worktrees, (w) => db.archiveWorktree(w.id));
    worktrees.forEach((w) => db.restoreWorktree(w.id));
    deleteAll(db, worktrees);
  },
  [`restoreWorktree, ${HISTORY} executions`](db, time) {
    const worktrees = withHistory(db);
    worktrees.forEach((w) => db.archiveWorktree(w.id));
    time(worktrees, (w) => db.restoreWorktree(w.id));
    deleteAll(db, worktrees);
  },
};
const recordExecution = {
  recordExecution: (db, time) => time(newExecutions(BATCH), (e) => db.recordExecution(e)),
};

const sustained = {
  'updateWorktree, position': (db, time) => time(BATCH, () => NUMBERS.forEach((i) => move(db, i))),
  recordExecution(db, time) {
    const executions = newExecutions(BATCH);
    time(BATCH, () => executions.forEach((e) => db.recordExecution(e)));
  },
};

const inTransaction = {
  createWorktree(db, time) {
    const worktrees = newWorktrees(BATCH);
    time(BATCH, () => createAll(db, worktrees));
    deleteAll(db, worktrees);
  },
  'updateWorktree, position': (db, time) =>
    time(BATCH, () => db.transaction(() => NUMBERS.forEach((i) => move(db, i)))),
  assignWorktreeToZone(db, time) {
    time(BATCH, () => db.transaction(() => NUMBERS.forEach((i) => reassign(db, i))));
    assignBack(db, BATCH);
  },
};

const reading = {
  getWorktree: (db, time) =>
    time(BATCH, () => db.transaction(() => NUMBERS.forEach((i) => db.getWorktree(scattered(i))))),
};

const recordExecutionInTransaction = {
  recordExecution(db, time) {
    const executions = newExecutions(BATCH);
    time(BATCH, () => db.transaction(() => executions.forEach((e) => db.recordExecution(e))));
  },
};

const bulk = {
  'createWorktrees, 500'(db, time) {
    const worktrees = newWorktrees(500);
    time(500, () => db.createWorktrees(worktrees));
    deleteAll(db, worktrees);
  },
  'recordExecutions, 500'(db, time) {
    const executions = newExecutions(500);
    time(500, () => db.recordExecutions(executions));
  },
  'assignWorktreesToZone, 500'(db, time) {
    const ids = make(500, worktreeId);
    time(500, () => db.assignWorktreesToZone(ids, zoneId(7)));
    assignBack(db, 500);
  },
};

// For how many milliseconds of effort a batch is: there are fewer batches where they leave executions behind.
const every = (name) => (name.startsWith('recordExecution') ? 15 : 4);

const cases =
  (kind) =>
  (group, sizes, calls, suffix = '') =>
    Object.entries(calls).map(([name, run]) => ({
      name: name + suffix,
      group,
      sizes,
      every: every(name),
      [kind]: run,
    }));
const [each, timed] = [cases('each'), cases('timed')];

export const writes = [
  ...each('single writes', [MIDDLE], single),
  ...each('recordExecution', SIZES, recordExecution),
  ...each('archive', [MIDDLE], archive),
  ...timed('every other case', [MIDDLE], sustained, ', checkpoints included'),
  ...timed('writes in a transaction', [MIDDLE], inTransaction, ', in a transaction'),
  ...timed('recordExecution in a transaction', [MIDDLE], recordExecutionInTransaction, ', in a transaction'),
  ...timed('bulk calls', [MIDDLE], bulk),
  ...timed('every other case', [MIDDLE], reading, ', in a transaction'),
];
