import fs from 'node:fs';
import { describe, expect, it } from 'vitest';
import { mutated, packageWithAssertions } from './support/company/build.mjs';
import { folder } from './support/folder.mjs';
import { amount, figure, within } from './support/torture.mjs';
import { keepCrew } from './support/workers/crew.mjs';
import { MUTANTS } from './support/workers/mutants.mjs';

const IN_FULL = amount(false, true);
const RUNS = amount(60, 2000);
/** How long they may take, in milliseconds. */
const PATIENCE = amount(90_000, 25 * 60_000);
/** In how many runs a fault has to be noticed. */
const UNNOTICED = 200;

const tell = (counted, names) => names.map((name) => `${counted[name] ?? 0} ${name}`).join(', ');

describe.skipIf(process.platform === 'win32')('Eight workers, two sweepers and better-sqlite3 on one file', () => {
  it('do every run, and end each once, whoever is killed or stopped', within(120, 30), async () => {
    // In full on a build that has Rust's assertions.
    const entry = IN_FULL ? packageWithAssertions() : undefined;
    const begin = performance.now();
    const { findings, counted } = await keepCrew({
      folder: folder(),
      entry,
      seed: 1,
      runs: RUNS,
      milliseconds: PATIENCE,
    });
    expect(findings).toEqual([]);
    expect(counted.kills).toBeGreaterThan(0);
    expect(counted.stops).toBeGreaterThan(0);
    expect(counted['late calls refused']).toBeGreaterThan(0);
    figure('8 workers, 2 sweepers, better-sqlite3, with assertions', [
      `${RUNS} runs in ${((performance.now() - begin) / 60_000).toFixed(1)} minutes, each ended once: 0 findings`,
      tell(counted, ['kills', 'stops', 'late calls refused', 'calls of ghosts', 'runs ended by a deletion']),
      tell(counted, ['claims', 'attempts', 'succeeded', 'failed', 'cancelled', 'lost', 'timedOut', 'requeued']),
      tell(counted, ['released', 'questions', 'forgotten', 'transactions of better-sqlite3']),
    ]);
  });

  it('would be seen to fail with workers whose token counts whoever holds the run', within(120, 5), async () => {
    const { findings } = await keepCrew({
      folder: folder(),
      seed: 1,
      runs: UNNOTICED,
      milliseconds: 90_000,
      broken: 'impostor',
    });
    expect(findings.join('\n')).toMatch(/token|was finished by/);
  });

  it.each(Object.keys(MUTANTS))('has a mutant that has its place in the source: %s', (mutant) => {
    for (const [name, text] of mutated(MUTANTS[mutant])) {
      expect(text).not.toBe(fs.readFileSync(new URL(`../../${name}`, import.meta.url), 'utf8'));
    }
  });

  describe.runIf(IN_FULL)('would be seen to fail where', () => {
    it.each(Object.keys(MUTANTS))('%s', within(600, 10), async (mutant) => {
      const entry = packageWithAssertions(MUTANTS[mutant]);
      const begin = performance.now();
      const { findings } = await keepCrew({ folder: folder(), entry, seed: 1, runs: UNNOTICED, milliseconds: 120_000 });
      expect(findings).not.toEqual([]);
      const seconds = ((performance.now() - begin) / 1000).toFixed(1);
      figure(`mutant: ${mutant}`, `noticed within ${seconds} s: ${findings[0].split('\n')[0]}`);
    });
  });
});
