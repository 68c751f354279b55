// What has to be true of the runs at the end, by what the witness has noted and by what everybody can read.
import { execFileSync } from 'node:child_process';
import { witnessed } from './witness.mjs';

const ENDS = ['succeeded', 'failed', 'cancelled', 'timedOut', 'lost'];

/** All pages of a list. */
export function everyRun(visual, filter) {
  const all = [];
  for (let after; after !== null;) {
    const page = visual.listRuns({ ...filter, limit: 1000, after });
    all.push(...page.items);
    after = page.next;
  }
  return all;
}

/** All of a run's output. */
function outputOf(visual, id) {
  const all = [];
  for (let after = 0; ;) {
    const { items, next, truncated } = visual.getOutput(id, { after, limit: 1000 });
    if (items.length === 0) return { items: all, truncated };
    all.push(...items);
    after = next;
  }
}

const groupBy = (rows, key) => Map.groupBy?.(rows, key) ?? grouped(rows, key);

function grouped(rows, key) {
  const groups = new Map();
  for (const row of rows) groups.set(key(row), [...(groups.get(key(row)) ?? []), row]);
  return groups;
}

/** No call with an earlier token has taken effect once there was a later one, and nothing with one that had finished. */
function tokens(id, rows, find) {
  let latest = 0;
  const over = new Set();
  for (const { seq, token, what, detail } of rows.filter((row) => row.token !== null && row.what !== 'usage')) {
    if (token < latest) find(`${id}: ${what} by token ${token} took effect at ${seq}, after ${latest} had the run`);
    if (over.has(token)) find(`${id}: ${what} by token ${token} took effect at ${seq}, which had ended`);
    if (what === 'claim' && token === latest) find(`${id}: token ${token} was given twice`);
    if (['finish', 'release', 'wait'].includes(what)) over.add(token);
    if (what === 'finish' && detail !== 'queued' && rows.some((row) => row.seq > seq && row.what === 'claim'))
      find(`${id}: was claimed after it had ${detail}`);
    latest = Math.max(latest, token);
  }
}

/** What was printed by each token is there once, in its order, up to where it was acknowledged. */
function output(visual, id, rows, find) {
  const { items, truncated } = outputOf(visual, id);
  if (truncated) find(`${id}: output is truncated`);
  if (items.some(({ sequence }, n) => sequence !== n)) find(`${id}: output has holes`);
  let latest = 0;
  const printed = new Map();
  for (const { text } of items) {
    const [token, n] = text.split(':').map(Number);
    if (!(token >= latest)) find(`${id}: output of token ${token} stands behind that of ${latest}`);
    if (n !== (printed.get(token) ?? 0)) find(`${id}: output '${text}' follows ${printed.get(token) ?? 0} pieces`);
    printed.set(token, n + 1);
    latest = token;
  }
  for (const { token, detail } of rows.filter(({ what }) => what === 'output'))
    if (!(printed.get(token) >= detail.said))
      find(`${id}: token ${token} has printed ${detail.said}, kept are ${printed.get(token)}`);
}

function usage(run, rows, find) {
  const events = new Set(rows.filter(({ what }) => what === 'usage').map(({ detail }) => detail));
  const cost = events.size * 1000 || null;
  if (run.usage.costMicros !== cost) find(`${run.id}: cost ${cost}, counted are ${run.usage.costMicros}`);
}

/** The commit that a run says it made is there, and is its own. */
function commit(run, repository, find) {
  if (run.status !== 'succeeded') return;
  const message = execFileSync('git', ['-C', repository, 'log', '-1', '--format=%s', run.commitAfter], {
    encoding: 'utf8',
  });
  if (message.trim() !== `${run.id} ${run.result.token}`) find(`${run.id}: its commit says '${message.trim()}'`);
}

function execution(visual, run, find) {
  const its = visual.getExecution(run.id);
  const isDeleted = run.status === 'cancelled' && /was deleted/.test(run.error ?? '');
  if ((run.startedAt !== null && !isDeleted) !== (its !== null))
    find(`${run.id}: ${run.status}, its execution is ${its?.id}`);
  if (its && its.success !== (run.status === 'succeeded'))
    find(`${run.id}: ${run.status}, its execution ${its.success}`);
  if (its && its.executedAt !== run.finishedAt)
    find(`${run.id}: ended at ${run.finishedAt}, its execution ${its.executedAt}`);
}

/** Findings about the runs with these ids, and counts. */
export function examine(visual, { ids, repository, find }) {
  const rows = groupBy(witnessed(visual), ({ run }) => run);
  // The log has a row for each end, also those that no worker makes.
  const ends = visual.db
    .prepare(
      `SELECT id FROM changes WHERE entity = 5 AND json_extract(data, '$.status') IN (${ENDS.map((end) => `'${end}'`)})`,
    )
    .pluck()
    .all();
  const endsOf = groupBy(ends, (id) => id);
  const attempts = [];
  for (const id of ids) {
    const its = rows.get(id) ?? [];
    tokens(id, its, find);
    if ((endsOf.get(id)?.length ?? 0) !== 1) find(`${id}: ended ${endsOf.get(id)?.length ?? 0} times`);
    const run = visual.getRun(id);
    // One that had ended goes with its worktree or zone.
    if (run === null) continue;
    if (!ENDS.includes(run.status)) find(`${id}: is ${run.status}`);
    if (run.attempt > run.maxAttempts) find(`${id}: made ${run.attempt} attempts of ${run.maxAttempts}`);
    const told = its.findLast(({ what, detail }) => what === 'finish' && detail !== 'queued')?.detail;
    if (told && told !== run.status) find(`${id}: was finished as ${told}, and is ${run.status}`);
    attempts.push(run.attempt);
    output(visual, id, its, find);
    usage(run, its, find);
    commit(run, repository, find);
    execution(visual, run, find);
  }
  const events = new Set(
    [...rows.values()].flat().flatMap((row) => (row.what === 'usage' ? [`${row.run} ${row.detail}`] : [])),
  );
  const spent = visual.getBudgets().find(({ scope }) => scope.agentType === null)?.spentMicros;
  if (spent !== events.size * 1000) find(`${events.size} events cost ${events.size * 1000}, ${spent} are spent`);
  board(visual, find);
  return attempts.reduce((sum, attempt) => sum + attempt, 0);
}

/** Counts are what there is, and the file is sound. */
function board(visual, find) {
  const rows = visual.db.prepare('SELECT count(*) FROM zone_executions').pluck().get();
  const counted = [visual.getStats().executions, visual.getExecutionStats().total];
  if (counted.some((number) => number !== rows)) find(`${rows} executions are counted as ${counted.join(' and ')}`);
  const sound = visual.db.pragma('integrity_check', { simple: true });
  if (sound !== 'ok') find(`integrity_check: ${sound}`);
  const orphans = visual.db.pragma('foreign_key_check');
  if (orphans.length > 0) find(`foreign_key_check: ${JSON.stringify(orphans)}`);
}
