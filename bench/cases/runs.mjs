// Runs: the queue is kept as long as the case says, and fifty runs are at work beside those that are timed. Each call is timed
// on its own between the others of a run's life, in the order of a worker, so that it finds the caches as it would there.
// The files are separate: in them every execution is a run that has ended, except in the smallest, which has no such run.
//
// A claim chooses among lanes, a zone and an agent each. So a short queue and a long one are compared in the same ten lanes,
// five zones with two agents each; what all the three hundred lanes of the board cost is a case of its own.
import { SIZES, execution, zone, zoneId } from '../workload.mjs';

const [SMALL, , LARGE] = SIZES;
const BATCH = 150;
export const AT_WORK = 50;
const DAY = 86_400_000;
const WORKER = { workerId: 'worker-1' };
const LONGER = { leaseMs: 90_000 };

const STAGES = 5;
const ALL_LANES = 300;

let wanted = 9_000_000;
/** A new run in any lane of the board, with the values of an execution. */
export function newRunAnywhere() {
  const { zoneId: id, worktreeId, agentType, prompt } = execution(wanted++);
  return { zoneId: id, worktreeId, agentType, prompt };
}
/** The same in one of ten lanes, in equal shares. */
export function newRun() {
  const stage = wanted % STAGES;
  const [first, second] = zone(stage).agents;
  const agentType = Math.floor(wanted / STAGES) % 2 === 0 ? first : second;
  return { ...newRunAnywhere(), zoneId: zoneId(stage), agentType };
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
let everywhere = false;
const enqueue = (db, number, make) => {
  for (let left = number; left > 0; left -= 1000) db.enqueueRuns(Array.from({ length: Math.min(1000, left) }, make));
};
/** Puts fifty runs to work, all over the board, and as many in the queue as the case says. */
export function furnish(db, queued, lanes = 10) {
  if (!atWork) {
    enqueue(db, AT_WORK, newRunAnywhere);
    for (let i = 0; i < AT_WORK; i++) db.claimRun({ workerId: `worker-${i}`, leaseMs: DAY });
    atWork = true;
  }
  enqueue(db, queued - inLine, newRun);
  inLine = Math.max(inLine, queued);
  for (; inLine > queued; inLine--) finish(db, db.claimRun(WORKER));
  // Fifty for each lane, so that none gets empty while a case claims from it.
  if (lanes === ALL_LANES && !everywhere) enqueue(db, ALL_LANES * 50, newRunAnywhere);
  everywhere ||= lanes === ALL_LANES;
}

const finish = (db, { run, token }, outcome = OUTCOMES[0]) => db.finishRun(run.id, token, outcome);

/** A case in which the call `timed` of each run's life is timed. */
const lives = (queued, timed, lanes) => (db, time) => {
  furnish(db, queued, lanes);
  const wishes = Array.from({ length: BATCH }, lanes === ALL_LANES ? newRunAnywhere : newRun);
  for (const [i, wish] of wishes.entries()) {
    let claimed;
    const steps = {
      enqueue: () => db.enqueueRun(wish),
      claim: () => (claimed = db.claimRun(WORKER)),
      // A longer lease than the claim's: with the same, a heartbeat in the same millisecond would have nothing to write.
      heartbeat: () => db.heartbeatRun(claimed.run.id, claimed.token, LONGER),
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

const LONG = 100_000;
const oneCase = (name, queued, timed, lanes) => ({
  name: `${name}, ${queued.toLocaleString('en')} queued${lanes === undefined ? '' : ` in ${lanes} lanes`}`,
  group: lanes === undefined ? 'runs' : 'runs in many lanes',
  sizes: [SMALL, LARGE],
  file: 'runs',
  every: 20,
  // As written, a claim reads the whole queue: with a long one a batch would take a minute.
  tunedOnly: queued === LONG,
  each: lives(queued, timed, lanes),
});
const cases = (queued) => [
  oneCase('enqueueRun', queued, 'enqueue'),
  oneCase('claimRun', queued, 'claim'),
  oneCase('heartbeatRun', queued, 'heartbeat'),
  oneCase('finishRun', queued, 'finish'),
  oneCase('enqueueRun, claimRun, finishRun', queued, 'all'),
];

// The longest queue comes last, since queues are only lengthened.
export const runs = [...cases(10), ...cases(LONG), oneCase('claimRun', LONG, 'claim', ALL_LANES)];
