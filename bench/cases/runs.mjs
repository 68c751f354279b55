// Runs: the queue is kept as long as the case says, and fifty runs are at work beside those that are timed. Each call is timed
// on its own between the others that a run's life has, as a worker makes them: what it finds in the caches is what it would.
// They are on files of their own, in which every execution is a run that has ended; on the smallest there is none of those.
import { SIZES, execution } from '../workload.mjs';

const [SMALL, , LARGE] = SIZES;
const BATCH = 150;
export const AT_WORK = 50;
const DAY = 86_400_000;
const WORKER = { workerId: 'worker-1' };

let wanted = 9_000_000;
/** A run that somebody wants: an execution that is yet to come. */
export function newRun() {
  const { zoneId, worktreeId, agentType, prompt } = execution(wanted++);
  return { zoneId, worktreeId, agentType, prompt };
}
const done = (i) => ({
  status: 'succeeded',
  exitCode: 0,
  result: execution(i).result,
  commitBefore: '4b825dc642cb6eb9a060e54bf8d69288fbee4904',
  commitAfter: '9c1185a5c5e9fc54612808977ee8f548b2258d31',
  filesChanged: 3,
  insertions: 40,
  deletions: 7,
});
export const OUTCOMES = Array.from({ length: 64 }, (_, i) => done(i));

let atWork = false;
let inLine = 0;
/** Fifty runs at work and as many in line as the case says. */
export function furnish(db, queued) {
  if (!atWork) {
    db.enqueueRuns(Array.from({ length: AT_WORK }, newRun));
    for (let i = 0; i < AT_WORK; i++) db.claimRun({ workerId: `worker-${i}`, leaseMs: DAY });
    atWork = true;
  }
  while (inLine < queued) {
    const some = Math.min(1000, queued - inLine);
    db.enqueueRuns(Array.from({ length: some }, newRun));
    inLine += some;
  }
  for (; inLine > queued; inLine--) finish(db, db.claimRun(WORKER));
}

const finish = (db, { run, token }, outcome = OUTCOMES[0]) => db.finishRun(run.id, token, outcome);

/** A case: of each run's life `timed` is what is timed. */
const lives = (queued, timed) => (db, time) => {
  furnish(db, queued);
  const wishes = Array.from({ length: BATCH }, newRun);
  for (const [i, wish] of wishes.entries()) {
    let claimed;
    const steps = {
      enqueue: () => db.enqueueRun(wish),
      claim: () => (claimed = db.claimRun(WORKER)),
      heartbeat: () => db.heartbeatRun(claimed.run.id, claimed.token),
      finish: () => finish(db, claimed, OUTCOMES[i % OUTCOMES.length]),
    };
    if (timed === 'all') {
      time([wish], () => {
        steps.enqueue();
        steps.claim();
        steps.finish();
      });
      continue;
    }
    for (const [name, step] of Object.entries(steps)) {
      if (name === timed) time([wish], step);
      else if (name !== 'heartbeat') step();
    }
  }
};

const cases = (queued, sizes, group = 'runs') =>
  Object.entries({
    enqueueRun: 'enqueue',
    claimRun: 'claim',
    heartbeatRun: 'heartbeat',
    finishRun: 'finish',
    'enqueueRun, claimRun, finishRun': 'all',
  }).map(([name, timed]) => ({
    name: `${name}, ${queued.toLocaleString('en')} queued`,
    group,
    sizes,
    file: 'runs',
    every: 20,
    each: lives(queued, timed),
  }));

// The longest queue last: it is made longer only.
export const runs = [...cases(10, [SMALL, LARGE]), ...cases(100_000, [SMALL, LARGE])];
