// One of the workers: claims runs, does each with Git in its worktree, streams what it prints, and ends it, some of them
// otherwise than it should: gives them back, forgets them, asks a person, says everything twice, comes back too late.
// Says on its standard output, a line of JSON each, what it counted and what was wrong. Ends when standard input does.
// Argument: `{ entry, file, name, seed, leaseMs, broken }`.
import { execFile } from 'node:child_process';
import { setImmediate as turn, setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { random } from '../random.mjs';
import { witnessOf } from './witness.mjs';

const { entry, file, name, seed, leaseMs, broken } = JSON.parse(process.argv[2]);
const { VisualDatabase } = await import(pathToFileURL(entry));
const run = promisify(execFile);
const dice = random(seed);
const say = (what) => process.stdout.write(`${JSON.stringify(what)}\n`);
const find = (finding) => say({ finding: `${name}: ${finding}` });
const counted = {};
const count = (what) => (counted[what] = (counted[what] ?? 0) + 1);

const visual = new VisualDatabase({ dbPath: file, timeout: 60_000 });
const witness = witnessOf(visual);

/** Claims whose token has ended, as this worker knows: whatever is called with it has to be refused. */
const over = [];
/** This worker doesn't hold the run any more. */
class Lost extends Error {}

// An impostor has the token of whoever holds the run by now: it stands for a database that doesn't look at tokens.
const holder = broken === 'impostor' && visual.db.prepare('SELECT token FROM leases WHERE run_id = ?').pluck();
const shown = (id, token) => (holder ? (holder.get(id) ?? token) : token);

/** Makes a call that carries a token, which may have been lost meanwhile. */
function ask(id, call) {
  try {
    return call();
  } catch (error) {
    const isGone = error.code === 'ERR_NOT_FOUND' && visual.getRun(id) === null;
    if (error.code !== 'ERR_LEASE_LOST' && !isGone) throw error;
    count('late calls refused');
    throw new Lost();
  }
}

const covers = ({ zoneId, worktreeId = null, agentType }, of) =>
  [
    [zoneId, of.zoneId],
    [worktreeId, of.worktreeId],
    [agentType, of.agentType],
  ].every(([scope, its]) => scope === null || scope === its);

/** Counts what runs by looking at the runs, as limits would. */
function runningIn({ zoneId, agentType }) {
  const { items } = visual.listRuns({ status: 'running', limit: 1000, ...(zoneId && { zoneId }) });
  return items.filter((each) => agentType === null || each.agentType === agentType).length;
}

/** Claims, and looks in the same transaction whether it may. */
function claim() {
  const options = { workerId: name, leaseMs: dice.chance(0.1) ? 20 : leaseMs };
  if (dice.chance(0.3)) return visual.claimRun(options);
  return visual.transaction(() => {
    const budgets = visual.getBudgets();
    const claimed = visual.claimRun(options);
    if (claimed === null) return null;
    const { run: its, token } = claimed;
    for (const { scope, limit } of visual.getRunLimits())
      if (covers(scope, its) && runningIn(scope) > limit)
        find(`a claim of ${its.id} made ${runningIn(scope)} run, where ${limit} may: ${JSON.stringify(scope)}`);
    for (const { scope, remainingMicros } of budgets)
      if (covers(scope, its) && remainingMicros === 0)
        find(`a claim of ${its.id} was made with nothing left: ${JSON.stringify(scope)}`);
    if (its.attempt > its.maxAttempts) find(`${its.id} is in attempt ${its.attempt} of ${its.maxAttempts}`);
    if (its.status !== 'running' || its.workerId !== name) find(`${its.id} was claimed and is ${its.status}`);
    witness(
      'claim',
      its.id,
      token,
      () => null,
      () => ({ attempt: its.attempt, limited: true }),
    );
    return claimed;
  });
}

/** What a run prints: who says it, and which of the things that he says it is. */
class Printer {
  #id;
  #token;
  #said = 0;
  #next;

  constructor(id, token) {
    this.#id = id;
    this.#token = token;
  }

  print(lines) {
    const chunks = Array.from({ length: lines }, (_, n) => ({
      stream: dice.pick(['stdout', 'stderr', 'event']),
      text: `${this.#token}:${this.#said + n}`,
    }));
    // An impostor would be noticed by that: what others appended isn't what it expects.
    const options = this.#next === undefined || broken ? {} : { expectedSequence: this.#next };
    const append = () => visual.appendOutput(this.#id, shown(this.#id, this.#token), chunks, options);
    const said = this.#said + lines;
    const note = () => witness('output', this.#id, this.#token, append, () => ({ said }));
    const next = ask(this.#id, dice.chance(0.6) ? note : append);
    // The answer may have been lost: it is said again.
    if (options.expectedSequence !== undefined && dice.chance(0.4)) {
      const again = ask(this.#id, append);
      if (again !== next) find(`output of ${this.#id} was appended up to ${next}, then ${again}`);
    }
    [this.#said, this.#next] = [said, next];
  }
}

/** Tells what was used, twice. */
function spend(id, token, n) {
  const usage = { eventId: `${token}-${n}`, model: dice.pick(['large', 'small']), inputTokens: 10, costMicros: 1000 };
  const tell = () =>
    witness(
      'usage',
      id,
      token,
      () => visual.recordUsage(id, usage),
      () => usage.eventId,
    );
  try {
    tell();
    if (dice.chance(0.5)) tell();
  } catch (error) {
    if (error.code !== 'ERR_NOT_FOUND') throw error;
    throw new Lost();
  }
}

async function git(path, ...args) {
  const { stdout } = await run('git', ['-C', path, ...args]);
  return stdout.trim();
}

/** The work itself: a commit in the worktree, which nobody's branch has. */
async function commit(path, id, token) {
  const commitBefore = await git(path, 'rev-parse', 'HEAD');
  const commitAfter = await git(
    path,
    'commit-tree',
    `${commitBefore}^{tree}`,
    '-p',
    commitBefore,
    '-m',
    `${id} ${token}`,
  );
  return { commitBefore, commitAfter };
}

function end(id, token, outcome) {
  const finish = () => visual.finishRun(id, shown(id, token), outcome);
  const { status } = ask(id, () => witness('finish', id, token, finish, (its) => its.status));
  over.push({ id, token, isFinished: true });
  count(status === 'queued' ? 'attempts that failed' : status);
  // The answer may have been lost: it is said again, with whatever it says now.
  if (dice.chance(0.3)) ask(id, () => visual.finishRun(id, token, { status: 'failed' }));
}

async function work({ run: its, token }) {
  const { id } = its;
  const path = visual.getWorktree(its.worktreeId)?.path;
  if (path === undefined) throw new Lost();
  const printer = new Printer(id, token);
  for (let step = dice.below(4); step >= 0; step -= 1) {
    printer.print(1 + dice.below(3));
    if (dice.chance(0.5)) spend(id, token, step);
    await sleep(dice.below(30));
    const beat = () => visual.heartbeatRun(id, shown(id, token));
    if (ask(id, dice.chance(0.5) ? () => witness('heartbeat', id, token, beat) : beat).cancelRequested)
      return end(id, token, { status: 'cancelled' });
  }
  const roll = dice.below(100);
  if (roll < 6) return count('forgotten');
  if (roll < 12) {
    ask(id, () => witness('release', id, token, () => visual.releaseRun(id, shown(id, token))));
    count('released');
    return over.push({ id, token });
  }
  if (roll < 18) {
    const question = { question: 'Go on?' };
    ask(id, () => witness('wait', id, token, () => visual.waitRun(id, shown(id, token), question)));
    count('questions');
    return over.push({ id, token });
  }
  const commits = await commit(path, id, token);
  printer.print(1);
  const status = roll < 30 ? 'failed' : 'succeeded';
  return end(id, token, { status, exitCode: status === 'failed' ? 1 : 0, result: { token }, ...commits });
}

const GHOSTS = {
  heartbeatRun: (id, token) => visual.heartbeatRun(id, token),
  appendOutput: (id, token) => visual.appendOutput(id, token, [{ stream: 'stdout', text: `ghost ${token}` }]),
  waitRun: (id, token) => visual.waitRun(id, token, { question: 'A ghost' }),
  releaseRun: (id, token) => visual.releaseRun(id, token),
  finishRun: (id, token) => visual.finishRun(id, token, { status: 'succeeded', result: 'a ghost' }),
};

/** Calls with a token that has ended: refused, or of one that finished the run, answered without doing anything. */
function haunt() {
  const { id, token, isFinished } = dice.pick(over);
  const method = dice.pick(Object.keys(GHOSTS));
  try {
    const answer = GHOSTS[method](id, token);
    if (!(method === 'finishRun' && isFinished))
      find(`${method} with the token ${token} of ${id}, which had ended, was done`);
    else if (answer.id !== id || answer.result === 'a ghost') find(`${id} was finished by a ghost`);
  } catch (error) {
    const isGone = error.code === 'ERR_NOT_FOUND' && visual.getRun(id) === null;
    if (error.code !== 'ERR_LEASE_LOST' && !isGone) throw error;
    if (method === 'finishRun' && isFinished && !isGone) find(`${id} was finished by ${token}, which is refused now`);
  }
  count('calls of ghosts');
}

let ended = false;
process.stdin.on('end', () => (ended = true)).resume();
say({ isThere: true });
while (!ended) {
  let claimed;
  try {
    if (over.length > 0 && dice.chance(0.3)) haunt();
    claimed = claim();
    if (claimed !== null) {
      count('claims');
      await work(claimed);
    }
  } catch (error) {
    if (error instanceof Lost) over.push({ id: claimed.run.id, token: claimed.token });
    else find(`${error.code ?? error.name}: ${error.stack}`);
  }
  if (claimed === null) await sleep(10 + dice.below(20));
  say({ counted });
  for (const what of Object.keys(counted)) delete counted[what];
  await turn();
}
visual.close();
