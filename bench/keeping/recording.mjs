// What retention costs a process that records: `node bench/keeping/recording.mjs [--runs 80000] [--rounds 9]`, with the addon built. One
// process records, a run a call, as fast as it can; another one has the same file open, and in every second stretch prunes old runs, a
// slice and a pause in turn, as the option `retention` does once an hour. It prints the median of the rounds' ratios, each of two
// successive stretches, so that other load of the machine is in both; and the cost in an hour in which so many runs become old. Decision
// 36 quotes it.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { VisualDatabase } from '../../lib/index.mjs';
import { start } from '../node24.mjs';
import { furnishBoard, median, record } from '../wide_board.mjs';

const { values } = parseArgs({
  options: { runs: { type: 'string', default: '80000' }, rounds: { type: 'string', default: '9' } },
});
const [RUNS, ROUNDS] = [Number(values.runs), Number(values.rounds)];
const STRETCH = 1500;
const HOUR = 3_600_000;
const folder = mkdtempSync(join(tmpdir(), 'visual-db-recording-'));
const dbPath = join(folder, 'filled.db');

try {
  const old = new VisualDatabase({ dbPath, clock: () => Date.now() - 2 * 86_400_000, retention: false });
  furnishBoard(old);
  record(old, RUNS, { prompt: 30, output: 20 });
  old.listRuns({ limit: 1 });
  old.close();

  const db = new VisualDatabase({ dbPath, retention: false });
  const run = {
    agentType: 'young',
    prompt: 'Implement what the issue says. '.repeat(30),
    result: { output: 'All tests passed. '.repeat(20) },
    success: true,
  };
  let n = 0;
  /** Records for a stretch of time: how many runs a second, and how long the slowest hundredth took at least. */
  const stretch = () => {
    const took = [];
    const from = performance.now();
    let now = from;
    while (now - from < STRETCH) {
      db.recordExecution({ ...run, zoneId: `zone-${n % 20}`, worktreeId: `wt-${(n * 7) % 200}` });
      n += 1;
      const then = now;
      now = performance.now();
      took.push(now - then);
    }
    took.sort((one, other) => one - other);
    return { rate: (took.length / (now - from)) * 1000, slow: took[Math.floor(took.length * 0.99)], most: took.at(-1) };
  };
  const pruner = await start('keeping/pruner.mjs', dbPath);
  stretch();
  const rounds = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    // The order alternates, so that neither is always the second.
    const both = {};
    for (const is of round % 2 ? ['without', 'pruned'] : ['pruned', 'without']) {
      // Folds what was recorded before into the history, so that neither stretch pays for it.
      db.listRuns({ limit: 1 });
      if (is === 'pruned') await pruner.ask('go');
      both[is] = stretch();
      if (is === 'pruned') both.done = await pruner.ask('stop');
    }
    if (both.done.ended) throw new Error(`all was pruned by round ${round + 1}: more --runs are needed`);
    rounds.push({ ratio: both.pruned.rate / both.without.rate, ...both });
  }
  await pruner.stop();
  db.close();

  const of = (value) => median(rounds.map(value));
  const ratio = of((round) => round.ratio);
  const pruned = of(({ done }) => done.runs / STRETCH) * 1000;
  const ratios = rounds.map((round) => round.ratio.toFixed(2)).toSorted();
  console.log(
    `recorded beside a pruner: ${Math.round(of(({ pruned: { rate } }) => rate))} a second, without ${Math.round(of(({ without: { rate } }) => rate))}: ` +
      `${ratio.toFixed(2)} of it (${ratios[0]} to ${ratios.at(-1)}); a call in 100 took ${of(({ pruned: { slow } }) => slow).toFixed(2)} ms or more, ` +
      `without ${of(({ without: { slow } }) => slow).toFixed(2)}; the longest ${Math.max(...rounds.map(({ pruned: { most } }) => most)).toFixed(0)} ms, ` +
      `without ${Math.max(...rounds.map(({ without: { most } }) => most)).toFixed(0)}`,
  );
  console.log(`pruned meanwhile: ${Math.round(pruned)} a second`);
  for (const runs of [1_000, 10_000, 100_000]) {
    const lost = (1 - ratio) * Math.min(1, ((runs / pruned) * 1000) / HOUR);
    console.log(
      `${runs} runs an hour: at work for ${(runs / pruned).toFixed(1)} s of it, ${(lost * 100).toFixed(3)} % fewer recorded`,
    );
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
