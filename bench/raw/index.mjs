// The raw handle beside better-sqlite3 on Node 24: each in its own process, rounds in turn, the ratio of the medians.
//   node bench/raw/index.mjs [--rounds N] [--only TEXT]
import { parseArgs } from 'node:util';
import { start } from '../node24.mjs';
import { geometricMean, median } from '../statistics.mjs';

/** The least share of better-sqlite3's speed that every case has to reach. */
const FLOOR = 0.95;

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '25' }, only: { type: 'string' } } });
const rounds = Number(values.rounds);

const ours = await start('raw/child.mjs', 'ours');
const theirs = await start('raw/child.mjs', 'better-sqlite3');

const microseconds = (nanoseconds) => (nanoseconds / 1000).toFixed(2).padStart(10);
console.log(`${'µs per call'.padEnd(38)}${'ours'.padStart(10)}${'better-sqlite3'.padStart(16)}  ratio`);
const ratios = [];
for (const [index, name] of ours.first.entries()) {
  if (values.only !== undefined && !name.includes(values.only)) continue;
  const measured = { ours: [], theirs: [] };
  for (let round = 0; round < rounds; round += 1) {
    // The order alternates, so that neither always finds the machine as the other left it.
    const turn = [
      () => ours.ask(index).then((t) => measured.ours.push(t)),
      () => theirs.ask(index).then((t) => measured.theirs.push(t)),
    ];
    for (const take of round % 2 === 0 ? turn : turn.toReversed()) await take();
  }
  const ratio = median(measured.theirs) / median(measured.ours);
  ratios.push(ratio);
  const times = `${microseconds(median(measured.ours))}${microseconds(median(measured.theirs)).padStart(16)}`;
  console.log(`${name.padEnd(38)}${times}  ${ratio.toFixed(2)}${ratio < FLOOR ? '  slower' : ''}`);
}
await Promise.all([ours.stop(), theirs.stop()]);
const slower = ratios.filter((ratio) => ratio < FLOOR).length;
console.log(`${ratios.length} cases, geometric mean ${geometricMean(ratios).toFixed(2)}, ${slower} below ${FLOOR}`);
process.exitCode = slower === 0 ? 0 : 1;
