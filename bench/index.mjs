// `npm run bench`: measures the package beside its peers (see HELP below).
import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { chart } from './chart.mjs';
import { tidy } from './files.mjs';
import { floor } from './floor.mjs';
import { machine } from './machine.mjs';
import { coldStarts, crowds, crowdsOfWorkers, peakMemory } from './processes.mjs';
import { BEFORE, PEERS } from './peers/index.mjs';
import { report } from './report.mjs';
import { measureCases } from './rounds.mjs';
import { SIZES } from './workload.mjs';

const HELP = `npm run bench [-- OPTIONS]: the package beside its peers; prints the table, writes results.md and docs/speed.svg.

  --quick        under a minute: two rounds, a history of 100,000 only, nothing written
  --rounds N     how many rounds (7)
  --effort N     how many milliseconds a case has in each round (70)
  --only REGEX   only the cases whose names match; nothing written
  --peers REGEX  only these peers; nothing written
  --before PATH  beside another checkout of the package that is built, and tells what was faster there; nothing written
  --chart        only draws docs/speed.svg again, from results.md
  --help         this text
`;

const { values } = parseArgs({
  options: {
    help: { type: 'boolean', short: 'h' },
    quick: { type: 'boolean' },
    rounds: { type: 'string' },
    effort: { type: 'string' },
    only: { type: 'string' },
    peers: { type: 'string' },
    before: { type: 'string' },
    chart: { type: 'boolean' },
  },
});
if (values.help) {
  process.stdout.write(HELP);
  process.exit(0);
}
const here = (name) => new URL(name, import.meta.url);
const draw = async () =>
  writeFileSync(here('../docs/speed.svg'), await chart(readFileSync(here('results.md'), 'utf8')));
if (values.chart) {
  await draw();
  process.exit(0);
}
for (const option of ['rounds', 'effort'])
  if (values[option] !== undefined && !/^[1-9]\d*$/.test(values[option])) {
    process.stderr.write(`--${option} must be a positive integer, got ${JSON.stringify(values[option])}\n`);
    process.exit(2);
  }
if (values.before) process.env.VISUAL_DB_BEFORE = resolve(values.before);
const only = new RegExp(values.only ?? '');
const peers = [...PEERS, ...(values.before ? [BEFORE] : [])].filter((peer) =>
  new RegExp(values.peers ?? '').test(peer),
);
const complete = !values.quick && !values.only && !values.peers && !values.before;
const say = (text) => process.stderr.write(`${text}\n`);
const settings = {
  rounds: Number(values.rounds ?? (values.quick ? 2 : 7)),
  effort: Number(values.effort ?? (values.quick ? 8 : 70)),
};

tidy();
// First, so that a missing toolchain is noticed before everything else has been measured.
const rust = complete ? await floor({ size: SIZES[1], effort: settings.effort, say }) : [];
const results = [];
for (const size of values.quick ? [SIZES[1]] : SIZES)
  results.push(...(await measureCases({ size, peers, only, say, ...settings })));
for (const size of values.quick ? [SIZES[0]] : [SIZES[0], SIZES[2]])
  results.push(...(await measureCases({ size, file: 'runs', peers, only, say, ...settings })));
const outside = { size: SIZES[1], peers, say, ...settings };
if (only.test('cold start')) results.push(await coldStarts(outside));
if (only.test('8 processes on one queue')) results.push(await crowdsOfWorkers({ ...outside, size: SIZES[0] }));
if (only.test('8 processes on one file')) results.push(await crowds(outside));
// Without the earlier version, which may lack some of the cases.
const memory = only.test('memory')
  ? await peakMemory({ ...outside, peers: peers.filter((peer) => peer !== BEFORE) })
  : {};

const text = report({ results, memory, floor: rust, machine: { ...machine(), rounds: settings.rounds }, peers });
process.stdout.write(`${text}\n`);
if (complete) {
  writeFileSync(here('results.md'), text);
  await draw();
}
tidy();
