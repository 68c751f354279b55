// A board with nothing on it but zones and worktrees, and runs in each of their states.
import { setTimeout } from 'node:timers/promises';
import { thrown } from './failure.mjs';
import { worktree, zone } from './samples.mjs';
import { sql, tablesOf } from './sql.mjs';
import { open } from './temporary.mjs';

/** Zones 1 and 2, worktrees 1, 2 and 3. */
export function board(config) {
  const db = open(config);
  for (const n of [1, 2]) db.createZone(zone(n));
  for (const n of [1, 2, 3]) db.createWorktree(worktree(n));
  return db;
}

/** The least that a new run needs. */
export const wanted = (given = {}) => ({
  zoneId: 'zone-1',
  worktreeId: 'wt-1',
  agentType: 'frontend',
  prompt: 'Build it',
  ...given,
});

/** A queued run. */
export const queued = (db, given) => db.enqueueRun(wanted(given));

/** The run that is next in line, and its token, or `null`. */
export const claim = (db, options) => db.claimRun({ workerId: 'worker-1', ...options });

/** A new run that worker-1 holds, whoever else is in the queue, and its token. */
export const running = (db, given, options) => db.startRun(wanted(given), { workerId: 'worker-1', ...options });

/** A new run that waits for a person. */
export function waiting(db, given) {
  const { run, token } = running(db, given);
  return db.waitRun(run.id, token, { question: 'May I?' });
}

/** A new run that its worker has ended. */
export function ended(db, given, outcome = { status: 'succeeded' }) {
  const { run, token } = running(db, given);
  return db.finishRun(run.id, token, outcome);
}

/** A new run that worker-1 holds by a lease that ran out. */
export async function ranOut(db, given) {
  const claimed = running(db, given, { leaseMs: 1 });
  await pause(10);
  return claimed;
}

/** New runs that worker-1 holds by leases that ran out, all of them at once: whoever claims recovers what ran out before. */
export async function allRanOut(db, ...given) {
  db.enqueueRuns(given.map((each) => wanted(each)));
  const claimed = db.claimRuns({ workerId: 'worker-1', limit: given.length, leaseMs: 200 });
  await pause(220);
  return claimed;
}

/** Really so many milliseconds: leases go by a clock that tests don't set. */
export const pause = (milliseconds) => setTimeout(milliseconds);

/** What a program can test about an error. */
export function refusal(call) {
  const { name, code, method, field, value, index } = thrown(call);
  return Object.fromEntries(
    Object.entries({ name, code, method, field, value, index }).filter(([, told]) => told !== undefined),
  );
}

/** Rows have no order of their own. */
const byText = (one, other) => (JSON.stringify(one) < JSON.stringify(other) ? -1 : 1);

/** Every row of every table: the measure of 'nothing was changed'. */
export function everything(db) {
  const board = sql(db);
  return Object.fromEntries(
    tablesOf(db).map((table) => [table, board.prepare(`SELECT * FROM "${table}"`).raw().all().toSorted(byText)]),
  );
}

export const idsOf = (runs) => runs.map(({ id }) => id);
export const promptsOf = (runs) => runs.map(({ prompt }) => prompt);
