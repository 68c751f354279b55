// One of the company: works on the file until its standard input ends, and holds everything it finds against what was
// acknowledged before it looked. Says on its standard output, a line of JSON each, what it counted and what was wrong.
// Argument: `{ kind, entry, file, acknowledged, writers, writer, seed, broken }`; without `writer` it only reads.
import { setImmediate as turn, setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { random } from '../random.mjs';
import { Acknowledged } from './acknowledged.mjs';
import { isBusy, open } from './clients.mjs';
import { CHECKPOINTS, LOOK, TAKEN_BACK, latestStep, stepOf } from './statements.mjs';

const { kind, writers, writer, seed, broken, ...options } = JSON.parse(process.argv[2]);
const acknowledged = new Acknowledged(options.acknowledged, writers);
const dice = random(seed);
const say = (what) => process.stdout.write(`${JSON.stringify({ kind, ...what })}\n`);
/** What the oracle is about: something is lost, old, half or refused. */
const find = (finding) => say({ finding: `${kind}: ${finding}` });

/** Two connections of ours, which within one process share locks and the index's mapping; one of anybody else. */
let clients;
/** The one at work. */
let client;
let step;
/** The latest that this member has seen of each writer: nothing goes back. */
const seen = Array.from({ length: writers }, () => 0);
const counted = {};
const count = (what, by = 1) => (counted[what] = (counted[what] ?? 0) + by);

async function start() {
  const opened = [];
  for (const synchronous of kind === 'ours' ? ['normal', dice.pick(['normal', 'full'])] : [undefined]) {
    opened.push(await open(kind, { ...options, find, synchronous }));
  }
  say({ version: opened[0].version });
  return opened;
}

/** Holds what was found of a writer against what had been acknowledged before. */
function isNotOlder(what, of, found, before) {
  const least = Math.max(before, seen[of]);
  if (!(found >= least)) find(`${what}: step ${found} of writer ${of} after ${least} was acknowledged or seen`);
  seen[of] = Math.max(seen[of], found);
}

/** Where this writer is by the file: at the step acknowledged last, or at the one that was under way. */
async function resume() {
  const last = acknowledged.now()[writer];
  const found = Number(await client.run([latestStep(writer)]));
  if (found !== last && found !== last + 1) find(`step ${last} was acknowledged, ${found} is in the file`);
  acknowledged.set(writer, found);
  step = found;
}

async function write() {
  step += 1;
  const { begin, own, end } = stepOf(writer, step, dice);
  if (broken === 'hasty' && step % 10 === 0) {
    acknowledged.set(writer, step);
    await client.run(['BEGIN IMMEDIATE', ...begin, ...own, ...end, 'ROLLBACK']);
    await resume();
    return;
  }
  if (client.visual && dice.chance(0.5)) {
    client.visual.transaction(() => {
      const id = `wt-${writer}`;
      client.run(begin);
      client.visual.updateWorktree(id, { position: { x: step } });
      client.visual.recordExecution({ zoneId: 'zone', worktreeId: id, agentType: 'agent', prompt: String(step) });
      client.run(end);
    });
  } else {
    await client.run(['BEGIN IMMEDIATE', ...begin, ...own, ...end, 'COMMIT']);
  }
  acknowledged.set(writer, step);
  count('steps');
}

function isOneMoment(what, { positions, commits, stamps }, before) {
  positions.forEach((position, of) => isNotOlder(what, of, position, before[of]));
  const sum = positions.reduce((total, position) => total + position, 0);
  if (sum !== commits) find(`${what}: the writers made ${sum} steps and ${commits} commits`);
  if (stamps.length !== 1 || stamps[0] < 0) find(`${what}: a transaction is there by half (${stamps.join(', ')})`);
}

async function look() {
  const before = acknowledged.now();
  isOneMoment('a look', JSON.parse(await client.run([LOOK])), before);
  count('looks');
}

const first = new Map();

/** Reads as boards do, again and again: most answers come from memory. */
function readRepeatedly() {
  const { visual } = client;
  for (let round = dice.below(30); round >= 0; round -= 1) {
    const before = acknowledged.now();
    const of = dice.below(writers);
    const id = `wt-${of}`;
    const [what, read] = dice.pick([
      ['getWorktree', () => visual.getWorktree(id)],
      ['getWorktree', () => visual.getWorktree(id)],
      ['listWorktrees', () => visual.listWorktrees().find((worktree) => worktree.id === id)],
      ['getBoard', () => visual.getBoard().worktrees.find((worktree) => worktree.id === id)],
    ]);
    let { x } = read().position;
    if (broken === 'forgetful') x = first.get(of) ?? (first.set(of, x), x);
    isNotOlder(what, of, x, before[of]);
    count('repeated reads of ours');
  }
}

/** Holds a snapshot while others go on, so that the log can't start over. */
async function holdSnapshot() {
  const before = acknowledged.now();
  await client.run(['BEGIN']);
  const begun = await client.run([LOOK]);
  isOneMoment('a snapshot', JSON.parse(begun), before);
  await sleep(dice.below(400));
  const ended = await client.run([LOOK, 'SELECT 1', LOOK]);
  if (!isDeepStrictEqual(JSON.parse(begun), JSON.parse(ended))) find(`a snapshot changed from ${begun} to ${ended}`);
  await client.run(['COMMIT']);
  count('snapshots');
}

async function checkpoint(mode = dice.pick(CHECKPOINTS)) {
  await client.run([`PRAGMA wal_checkpoint(${mode})`]);
  count(mode);
}

async function vacuum() {
  await client.run(['VACUUM']);
  count('VACUUM');
}

/** A whole transaction, most of it written already. */
async function rollBack() {
  await client.run(TAKEN_BACK);
  count('rollbacks');
}

async function examine() {
  const said = await client.run(['PRAGMA integrity_check']);
  if (said !== 'ok') find(`integrity_check: ${said}`);
  count('integrity checks');
}

async function act() {
  const { alone } = acknowledged;
  const reads = client.visual && dice.chance(0.4) ? readRepeatedly : look;
  if (alone !== undefined && alone !== writer) {
    // In a quiet time: whoever looks rarely must notice that the log has started over in between.
    await sleep(dice.below(5));
    return reads();
  }
  if (writer === undefined) {
    if (dice.chance(0.2)) await sleep(dice.below(5));
    return dice.chance(0.01) ? holdSnapshot() : reads();
  }
  if (alone === writer) {
    await write();
    if (client.checkpoints) await checkpoint(dice.pick(['RESTART', 'TRUNCATE']));
    return sleep(dice.below(5));
  }
  const roll = dice.below(1000);
  if (roll < 500) return write();
  if (roll < 560) return rollBack();
  if (roll < 580 && client.checkpoints) return checkpoint();
  if (roll < 583) return vacuum();
  if (roll < 588) return examine();
  if (roll < 600 && client.holds) return holdSnapshot();
  return reads();
}

/** After an error: some leave the transaction open, some have ended it. */
async function takeBack() {
  try {
    await client?.run(['ROLLBACK']);
  } catch {
    // There was none.
  }
}

let ended = false;
process.stdin.on('end', () => (ended = true)).resume();

const tell = () => {
  say({ counted: { ...counted } });
  for (const what of Object.keys(counted)) delete counted[what];
};

let told = performance.now();
while (!ended) {
  try {
    clients ??= await start();
    client = dice.pick(clients);
    if (step === undefined && writer !== undefined) await resume();
    await act();
  } catch (error) {
    if (isBusy(error)) count('BUSY');
    else find(`${error.code ?? error.name}: ${error.message}`);
    await takeBack();
    step = undefined;
  }
  if (performance.now() > told + 300) {
    tell();
    told = performance.now();
  }
  await turn();
}
tell();
for (const { close } of clients ?? []) await close();
acknowledged.close();
