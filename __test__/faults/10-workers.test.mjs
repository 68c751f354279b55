import { describe, expect, it } from 'vitest';
import { keepCrew } from './support/workers/crew.mjs';
import { folder } from './support/folder.mjs';
import { amount, figure, within } from './support/torture.mjs';

const RUNS = amount(60, 2000);
const tell = (counted, names) => names.map((name) => `${counted[name] ?? 0} ${name}`).join(', ');

describe.skipIf(process.platform === 'win32')('Eight workers, two sweepers and better-sqlite3 on one file', () => {
  it('do every run, and end each once, whoever is killed or stopped', within(120, 30), async () => {
    const begin = performance.now();
    const { findings, counted } = await keepCrew({
      folder: folder(),
      seed: 1,
      runs: RUNS,
      milliseconds: amount(90_000, 25 * 60_000),
    });
    expect(findings).toEqual([]);
    expect(counted.kills).toBeGreaterThan(0);
    expect(counted.stops).toBeGreaterThan(0);
    figure('8 workers, 2 sweepers, better-sqlite3', [
      `${RUNS} runs in ${((performance.now() - begin) / 60_000).toFixed(1)} minutes, each ended once: 0 findings`,
      tell(counted, ['kills', 'stops', 'late calls refused', 'calls of ghosts', 'runs ended by a deletion']),
      tell(counted, ['claims', 'attempts', 'succeeded', 'failed', 'cancelled', 'lost', 'timedOut', 'requeued']),
      tell(counted, ['released', 'questions', 'forgotten', 'transactions of better-sqlite3']),
    ]);
  });
});
