// The tables of results.md: medians, spread and ratios, beside the targets.
import { existsSync, readdirSync, statSync } from 'node:fs';
import { AS_WRITTEN, BEFORE, OURS, TUNED } from './peers/index.mjs';
import { geometricMean, median, spread } from './statistics.mjs';
import { ADDON_BYTES, FLOOR, GEOMETRIC_MEAN, GROWTH, QUEUE_GROWTH, targetOf } from './targets.mjs';
import { SIZES } from './workload.mjs';

const number = (value) => value.toLocaleString('en', { maximumSignificantDigits: 3 });
const time = (ns) => {
  if (ns < 1e3) return `${number(ns)} ns`;
  return ns < 1e6 ? `${number(ns / 1e3)} µs` : `${number(ns / 1e6)} ms`;
};
const percent = (share) => `±${Math.round(share * 100)} %`;
const megabytes = (bytes) => `${(bytes / 2 ** 20).toFixed(1)} MiB`;
const verdict = (value, target) => `${number(value)}× (≥ ${target}) ${value >= target ? 'pass' : '**miss**'}`;
const atMost = (value, target) => `${number(value)} (≤ ${target}) ${value <= target ? 'pass' : '**miss**'}`;
const table = (head, rows) =>
  [head, head.map((_, i) => (i === 0 ? '---' : '--:')), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
const short = (peer) => peer.replace(', ', '<br>');

/**
 * The ratios of the peers' times to ours, `undefined` where one of the two was not measured: the median over the rounds, since a round's
 * measurements, within a second of one another, see the machine in the same state.
 */
export function ratios({ medians }) {
  const ours = medians[OURS];
  const ratio = (peer) =>
    ours === undefined || medians[peer] === undefined
      ? undefined
      : median(medians[peer].map((value, round) => value / ours[round]));
  const tuned = TUNED.map(ratio).filter((value) => value !== undefined);
  return { asWritten: ratio(AS_WRITTEN), tuned: tuned.length === 0 ? undefined : Math.min(...tuned) };
}

function cases(results, peers) {
  const several = (name) => new Set(results.filter((r) => r.name === name).map((r) => r.size)).size > 1;
  const rows = results.map((result) => {
    const name =
      several(result.name) || result.size === SIZES[2] ? `${result.name} (${number(result.size)})` : result.name;
    const cells = peers.map((peer) => {
      const medians = result.medians[peer];
      return medians === undefined ? '–' : `${time(median(medians))} ${percent(spread(medians))}`;
    });
    const target = targetOf(result);
    const found = ratios(result);
    const verdicts = ['asWritten', 'tuned'].map((key) =>
      found[key] === undefined ? '–' : verdict(found[key], target[key]),
    );
    return [name, ...cells, ...verdicts];
  });
  return table(['case', ...peers.map(short), 'as written / ours', 'best hand-tuned / ours'], rows);
}

/** The times of an earlier checkout as multiples of ours: under 0.95, this one has become slower. */
function before(results) {
  const rows = results
    .filter(({ medians }) => medians[BEFORE] && medians[OURS])
    .map(({ name, size, medians }) => {
      // The fastest round of each, since noise only ever adds time.
      const [then, now] = [medians[BEFORE], medians[OURS]].map((rounds) => Math.min(...rounds));
      const verdict = then / now < 0.95 ? `${number(then / now)} **slower**` : number(then / now);
      return [name, number(size), time(then), time(now), verdict];
    });
  return rows.length === 0 ? '' : table(['case, fastest round', 'executions', 'before', 'now', 'before / now'], rows);
}

function growth(results, peers) {
  const of = (name, size) => results.find((r) => r.name === name && r.size === size);
  const names = [...new Set(results.filter((r) => r.size === SIZES[0]).map((r) => r.name))];
  const rows = names
    .filter((name) => of(name, SIZES[2]))
    .map((name) => {
      const [large, small] = [SIZES[2], SIZES[0]].map((size) => of(name, size).medians);
      const cell = (peer) => {
        // A peer may lack the case.
        if (large[peer] === undefined || small[peer] === undefined) return '–';
        const ratio = median(large[peer]) / median(small[peer]);
        return peer === OURS ? atMost(ratio, GROWTH) : number(ratio);
      };
      return [name, ...peers.map(cell)];
    });
  return rows.length === 0 ? '' : table(['cost at 1,000,000 / at 10,000', ...peers.map(short)], rows);
}

/** The times with a long queue, beside those with a short one. */
function queues(results, peers) {
  const rows = [];
  const cells = (ratio) =>
    peers.map((peer) => {
      const value = ratio(peer);
      if (value === undefined) return '–';
      return peer === OURS ? atMost(value, QUEUE_GROWTH) : number(value);
    });
  const long = results.filter(({ name }) => name.endsWith(' 100,000 queued'));
  for (const { name, size, medians } of long) {
    const short = results.find((r) => r.size === size && r.name === name.replace('100,000', '10'))?.medians;
    const of = (peer) => short?.[peer] && medians[peer] && median(medians[peer]) / median(short[peer]);
    rows.push([`${name.replace(', 100,000 queued', '')} (${number(size)})`, ...cells(of)]);
  }
  return rows.length === 0 ? '' : table(['cost with 100,000 queued / with 10', ...peers.map(short)], rows);
}

/** The share of one queue that each of eight processes got. */
function shares(results, peers) {
  const rows = results
    .filter((result) => result.shares)
    .map(({ name, shares: of }) => [
      name.replace(', per run', ''),
      ...peers.map((peer) => {
        const rounds = of[peer];
        return rounds ? `${number(Math.min(...rounds.flat()))}–${number(Math.max(...rounds.flat()))}` : '–';
      }),
    ]);
  return rows.length === 0
    ? ''
    : table(['least and most that a process got, 1 is an equal share', ...peers.map(short)], rows);
}

function floors(floor) {
  const rows = floor.map(({ name, kind, rust, ours }) => [
    name,
    time(ours),
    time(rust),
    atMost(ours / rust, FLOOR[kind]),
  ]);
  return rows.length === 0 ? '' : table(['case, no answers kept', 'ours', 'Rust without Node', 'ours / Rust'], rows);
}

function memories(memory) {
  const best = memory[TUNED[0]];
  const rows = Object.entries(memory).map(([peer, bytes]) => [
    peer,
    megabytes(bytes),
    peer === OURS && best ? atMost(bytes / best, 1) : '',
  ]);
  return rows.length === 0 ? '' : table(['peak resident memory', '', 'ours / hand-tuned better-sqlite3'], rows);
}

function addon() {
  const folder = new URL('../prebuilds/', import.meta.url);
  if (!existsSync(folder)) return '';
  const rows = readdirSync(folder)
    .filter((name) => name.endsWith('.node'))
    .map((name) => [name, megabytes(statSync(new URL(name, folder)).size), statSync(new URL(name, folder)).size])
    .map(([name, size, bytes]) => [
      name,
      size,
      `≤ ${megabytes(ADDON_BYTES)} ${bytes <= ADDON_BYTES ? 'pass' : '**miss**'}`,
    ]);
  return table(['addon', 'size', 'target'], rows);
}

function mean(results) {
  const all = results.map((result) => ratios(result).tuned).filter((ratio) => ratio !== undefined);
  return all.length === 0
    ? ''
    : `Geometric mean over the best hand-tuned, all ${all.length} cases: ${verdict(geometricMean(all), GEOMETRIC_MEAN)}`;
}

export function report({ results, memory, floor, machine, peers }) {
  const where = Object.entries(machine)
    .map(([key, value]) => `- ${key}: ${value}`)
    .join('\n');
  const parts = [
    '# Benchmarks',
    "Made by `npm run bench`; 2,000 worktrees, 50 zones, 100,000 executions unless a case says otherwise. Each peer runs in a process and on a file of its own, on the same Node; a number is the median of the rounds' medians, ± half of what lies between the quartiles of the rounds. Ratios are peer / ours, the median of those of each round: over 1, ours is faster.",
    where,
    cases(results, peers),
    mean(results),
    before(results),
    growth(results, peers),
    queues(results, peers),
    shares(results, peers),
    floors(floor),
    memories(memory),
    addon(),
  ];
  return parts.filter(Boolean).join('\n\n') + '\n';
}
