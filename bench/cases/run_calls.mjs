// The other calls of runs, each between the calls that a run's life needs before and after it. The queue is short and fifty runs are at
// work, as in runs.mjs.
import { SIZES } from '../workload.mjs';
import { OUTCOMES, furnish, newRun } from './runs.mjs';

const [SMALL] = SIZES;
const BATCH = 60;
const WORKER = { workerId: 'worker-1' };
const LINE = 'PASS  src/auth/login.test.js (12 tests, 340 ms): signs in, signs out, refuses';
const CHUNKS = Array.from({ length: 4 }, () => ({ stream: 'stdout', text: LINE }));
const AMOUNTS = { inputTokens: 1200, cachedInputTokens: 1000, outputTokens: 300, costMicros: 4500 };
const USAGE = { model: 'large', provider: 'somebody', ...AMOUNTS };

const wishes = (n = BATCH) => Array.from({ length: n }, newRun);
const start = (db, n) => wishes(n).map((wish) => db.startRun(wish, WORKER));
const finish = (db, { run, token }) => db.finishRun(run.id, token, OUTCOMES[0]);

const changes = {
  startRun(db, time) {
    const started = [];
    time(wishes(), (wish) => started.push(db.startRun(wish, WORKER)));
    for (const one of started) finish(db, one);
  },
  'claimRuns, 10'(db, time) {
    for (let i = 0; i < 6; i++) {
      db.enqueueRuns(wishes(10));
      let claimed;
      time([10], (limit) => (claimed = db.claimRuns({ ...WORKER, limit })));
      for (const one of claimed) finish(db, one);
    }
  },
  'appendOutput, 4 chunks'(db, time) {
    for (const one of start(db, 4)) {
      let next = 0;
      time(wishes(15), () => {
        next = db.appendOutput(one.run.id, one.token, CHUNKS, { expectedSequence: next });
      });
      finish(db, one);
    }
  },
  recordUsage(db, time) {
    for (const one of start(db, 4)) {
      const events = Array.from({ length: 15 }, (_, i) => ({ ...USAGE, eventId: `event-${i}` }));
      time(events, (event) => db.recordUsage(one.run.id, event));
      finish(db, one);
    }
  },
  'waitRun, answerRun'(db, time) {
    time(start(db), ({ run, token }) => {
      db.waitRun(run.id, token, { question: 'May I delete the old migration?' });
      db.answerRun(run.id, { answer: 'Yes' });
    });
    for (let i = 0; i < BATCH; i++) finish(db, db.claimRun(WORKER));
  },
  releaseRun(db, time) {
    time(start(db), ({ run, token }) => db.releaseRun(run.id, token));
    for (let i = 0; i < BATCH; i++) finish(db, db.claimRun(WORKER));
  },
  'cancelRun, queued': (db, time) =>
    time(db.enqueueRuns(wishes()), ({ id }) => db.cancelRun(id, { reason: 'The issue was closed' })),
  retryRun(db, time) {
    const ended = start(db).map((one) => finish(db, one));
    const again = [];
    time(ended, ({ id }) => again.push(db.retryRun(id)));
    for (const { id } of again) db.cancelRun(id);
  },
  'sweepRuns, nothing to sweep': (db, time) => time(wishes(), () => db.sweepRuns()),
};

let ended;
/** Runs that have ended, and output of the first of them. */
const known = (db) => {
  if (ended === undefined) {
    const [first, ...others] = start(db);
    for (let i = 0; i < 25; i++) db.appendOutput(first.run.id, first.token, CHUNKS);
    ended = [first, ...others].map((one) => finish(db, one).id);
  }
  return ended;
};
const reads = {
  'getRun, ended': (db, time) => time(known(db), (id) => db.getRun(id)),
  'getOutput, 50 chunks'(db, time) {
    const [id] = known(db);
    time(wishes(), () => db.getOutput(id, { after: 25, limit: 50 }));
  },
  'listRuns, 50'(db, time) {
    known(db);
    time(wishes(), () => db.listRuns({ limit: 50 }));
  },
};

export const runCalls = Object.entries({ ...changes, ...reads }).map(([name, call]) => ({
  name,
  group: 'other calls of runs',
  sizes: [SMALL],
  file: 'runs',
  every: 20,
  each(db, time) {
    furnish(db, 10);
    call(db, time);
  },
}));
