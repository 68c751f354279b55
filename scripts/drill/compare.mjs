// Compares what was acknowledged with what the database has.
import fs from 'node:fs';
import { VisualDatabase } from '../../lib/index.mjs';

export const read = (file) =>
  fs
    .readFileSync(file, 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));

/** `{ acknowledged, unknown, unavailable, lost, doubled, runs, twice, undone, errors, differ }`. */
export function compare({ url, urls, writers, workers }) {
  const db = new VisualDatabase({ url, timeout: 60_000 });
  const found = { acknowledged: 0, unknown: 0, unavailable: 0, lost: 0, doubled: 0, runs: 0, twice: 0, undone: 0 };
  const errors = [];
  for (const { journal } of [...writers, ...workers]) {
    for (const { kind, told, message } of read(journal)) {
      if (told === 'acknowledged') found.acknowledged += 1;
      if (told === 'ERR_OUTCOME_UNKNOWN') found.unknown += 1;
      if (told === 'ERR_DATABASE_UNAVAILABLE') found.unavailable += 1;
      if (kind === 'error') errors.push(message);
    }
  }
  const zones = new Set(db.listZones().map(({ id }) => id));
  for (const { name, journal } of writers) add(found, ofWriter(db, zones, name, read(journal)));
  add(found, ofWorkers(db, workers));
  const differ = urls.filter((each) => !isSame(db, each));
  db.close();
  return { ...found, errors, differ: differ.length };
}

const add = (sum, part) => {
  for (const [key, value] of Object.entries(part)) sum[key] += value;
};

function ofWriter(db, zones, name, lines) {
  const acknowledged = (kind) => lines.filter((line) => line.kind === kind && line.told === 'acknowledged');
  let [lost, doubled] = [0, 0];
  for (const { id } of acknowledged('zone')) if (!zones.has(id)) lost += 1;
  const times = counted(db.getExecutionHistory(name, -1).map(({ prompt }) => prompt));
  for (const { id } of acknowledged('execution')) if (!times.has(id)) lost += 1;
  for (const number of times.values()) doubled += number - 1;
  // A jump of the counter means commits that were lost or doubled at that moment, though it counts on from there.
  for (const { from, to } of lines.filter(({ kind }) => kind === 'jump')) {
    if (to < from) lost += from - to;
    else doubled += to - from - 1;
  }
  const jumps = lines
    .filter(({ kind }) => kind === 'jump')
    .reduce((sum, { from, to }) => sum + to - from - (to > from), 0);
  const difference = Number(db.getWorktree(name).taskId) - acknowledged('counter').length - jumps;
  if (difference < 0) lost -= difference;
  else doubled += difference;
  return { lost, doubled };
}

/** Counts runs that were enqueued and are gone, that two workers ended, or that are no longer ended. */
function ofWorkers(db, workers) {
  const runs = new Map();
  for (let after; ;) {
    const { items, next } = db.listRuns({ agentType: 'drill', limit: 1000, after, fields: 'full' });
    for (const run of items) runs.set(run.id, run);
    if (next === null) break;
    after = next;
  }
  const prompts = counted([...runs.values()].map(({ prompt }) => prompt));
  const lines = workers.flatMap(({ journal }) => read(journal));
  const told = (kind) => lines.filter((line) => line.kind === kind && line.told === 'acknowledged');
  let [lost, doubled, undone] = [0, 0, 0];
  for (const { id } of told('enqueue')) if (!prompts.has(id)) lost += 1;
  for (const { id } of lines.filter(({ kind }) => kind === 'enqueue'))
    doubled += Math.max(0, (prompts.get(id) ?? 0) - 1);
  const finished = told('finish');
  for (const { id, token } of finished) {
    const run = runs.get(id);
    if (run?.status !== 'succeeded' || run.result.token !== token) undone += 1;
  }
  const twice = [...counted(finished.map(({ id }) => id)).values()].filter((number) => number > 1).length;
  return { lost: lost + undone, doubled, runs: finished.length, twice, undone };
}

function counted(values) {
  const times = new Map();
  for (const value of values) times.set(value, (times.get(value) ?? 0) + 1);
  return times;
}

/** Whether a standby has the same content as the leader. */
function isSame(db, url) {
  const standby = new VisualDatabase({ url: `${url}&target_session_attrs=any`, readonly: true });
  const [here, there] = [db, standby].map((each) => JSON.stringify(each.getStats()));
  standby.close();
  return here === there;
}

/** The longest time during an event, in seconds, in which nothing was acknowledged. */
export function unavailable(journals, { from, to }) {
  const times = journals
    .flatMap((file) => read(file))
    .filter(({ at, told }) => told === 'acknowledged' && at >= from && at <= to)
    .map(({ at }) => at)
    .sort((one, other) => one - other);
  const all = [from, ...times, to];
  return Math.max(...all.slice(1).map((at, n) => at - all[n])) / 1000;
}
