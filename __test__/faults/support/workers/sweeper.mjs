// Looks after the runs, as an orchestrator does: sweeps, asks whether workers are alive, answers what they ask, no longer
// wants some, and grants more money once a budget is spent. Ends when standard input does.
// Argument: `{ entry, file, name, seed }`.
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { random } from '../random.mjs';
import { witnessOf } from './witness.mjs';

const { entry, file, name, seed } = JSON.parse(process.argv[2]);
const { VisualDatabase } = await import(pathToFileURL(entry));
const dice = random(seed);
const say = (what) => process.stdout.write(`${JSON.stringify(what)}\n`);
const find = (finding) => say({ finding: `${name}: ${finding}` });
const visual = new VisualDatabase({ dbPath: file, timeout: 60_000 });
const witness = witnessOf(visual);

/** What others may have done first. */
function unless(codes, call) {
  try {
    call();
  } catch (error) {
    if (!codes.includes(error.code)) throw error;
  }
}

function sweep() {
  const options = dice.pick([undefined, { graceMs: dice.below(200) }, { isAlive: () => dice.chance(0.3) }]);
  const { requeued, lost, timedOut } = visual.sweepRuns(options);
  say({ counted: { requeued: requeued.length, lost: lost.length, timedOut: timedOut.length } });
}

function answer() {
  for (const { id } of visual.listRuns({ status: 'waiting', limit: 20 }).items) {
    const call = dice.chance(0.8) ? () => visual.answerRun(id, { answer: 'Go on' }) : () => visual.cancelRun(id);
    unless(['ERR_RUN_TRANSITION', 'ERR_NOT_FOUND'], call);
  }
}

function cancel() {
  const { items } = visual.listRuns({ status: ['queued', 'running'], limit: 100 });
  if (items.length === 0) return;
  const { id } = dice.pick(items);
  unless(['ERR_RUN_TRANSITION', 'ERR_NOT_FOUND'], () =>
    witness(
      'cancel',
      id,
      null,
      () => visual.cancelRun(id, { reason: 'Not wanted' }),
      (run) => run.status,
    ),
  );
}

function grant() {
  visual.transaction(() => {
    for (const { scope, limitMicros, remainingMicros } of visual.getBudgets())
      if (remainingMicros === 0) visual.setBudget(scope, limitMicros + 10_000);
  });
}

let ended = false;
process.stdin.on('end', () => (ended = true)).resume();
say({ isThere: true });
while (!ended) {
  try {
    sweep();
    answer();
    if (dice.chance(0.05)) cancel();
    if (dice.chance(0.2)) grant();
    // A claim that finds nothing for itself sweeps, too.
    visual.claimRuns({ workerId: name, agentTypes: ['nobody'], limit: 5 });
  } catch (error) {
    find(`${error.code ?? error.name}: ${error.stack}`);
  }
  await sleep(30 + dice.below(60));
}
visual.close();
