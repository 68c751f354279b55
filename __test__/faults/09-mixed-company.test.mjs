import fs from 'node:fs';
import { describe, expect, it } from 'vitest';
import { folder } from './support/folder.mjs';
import { amount, figure, within } from './support/torture.mjs';
import { mutated, packageWithAssertions } from './support/company/build.mjs';
import { keepCompany } from './support/company/company.mjs';
import { MUTANTS } from './support/company/mutants.mjs';

const IN_FULL = amount(false, true);
/** Rounds, each on a new file and with a seed of its own. */
const ROUNDS = amount(1, 12);
const MILLISECONDS = amount(3000, 20_000);
const MINUTES = (ROUNDS * MILLISECONDS) / 60_000;
/** How long a fault may stay unnoticed. */
const UNNOTICED = 30_000;

const tell = (counted, names) => names.map((name) => `${counted[name] ?? 0} ${name}`).join(', ');

describe.skipIf(process.platform === 'win32')(
  'Ours, better-sqlite3, node:sqlite, Python and the shell on one file',
  () => {
    it('lose no commit and read nothing old, whoever is killed, stopped or torn', within(60, 20), async () => {
      // In full on a build that has Rust's assertions.
      const entry = IN_FULL ? packageWithAssertions() : undefined;
      const total = {};
      let versions;
      for (let seed = 1; seed <= ROUNDS; seed += 1) {
        const result = await keepCompany({ folder: folder(), entry, seed, milliseconds: MILLISECONDS });
        expect(result.findings, `seed ${seed}`).toEqual([]);
        for (const [what, count] of Object.entries(result.counted)) total[what] = (total[what] ?? 0) + count;
        ({ versions } = result);
      }
      expect(total.commits).toBeGreaterThan(0);
      expect(total['repeated reads of ours']).toBeGreaterThan(0);
      figure('mixed company, with assertions', [
        `${MINUTES} minutes: 0 findings, ${tell(total, ['commits', 'looks', 'repeated reads of ours', 'BUSY'])}`,
        tell(total, ['kills', 'stops', 'headers torn after a commit', 'headers torn before one', 'quiet times']),
        tell(total, ['PASSIVE', 'FULL', 'RESTART', 'TRUNCATE', 'VACUUM', 'rollbacks', 'snapshots', 'integrity checks']),
        `SQLite of ${Object.entries(versions).flat().join(' ')}`,
      ]);
    });

    it.each([
      ['a writer that acknowledges what it takes back', 'hasty', /was acknowledged/],
      ['a reader that gives its first answer for ever', 'forgetful', /was acknowledged or seen/],
    ])('would be seen to fail with %s', within(60, 5), async (_, broken, finding) => {
      const { findings } = await keepCompany({ folder: folder(), seed: 1, milliseconds: UNNOTICED, broken });
      expect(findings.join('\n')).toMatch(finding);
    });

    it.each(Object.keys(MUTANTS))('has a mutant that has its place in the source: %s', (mutant) => {
      for (const [name, text] of mutated(MUTANTS[mutant])) {
        expect(text).not.toBe(fs.readFileSync(new URL(`../../${name}`, import.meta.url), 'utf8'));
      }
    });

    describe.runIf(IN_FULL)('would be seen to fail with', () => {
      it.each(Object.keys(MUTANTS))('%s', within(600, 10), async (mutant) => {
        const entry = packageWithAssertions(MUTANTS[mutant]);
        const begin = performance.now();
        const { findings } = await keepCompany({ folder: folder(), entry, seed: 1, milliseconds: UNNOTICED });
        expect(findings).not.toEqual([]);
        const seconds = ((performance.now() - begin) / 1000).toFixed(1);
        figure(`mutant: ${mutant}`, `noticed within ${seconds} s: ${findings[0]}`);
      });
    });
  },
);
