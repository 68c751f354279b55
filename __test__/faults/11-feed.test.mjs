import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { keepChronicle } from './support/feed/chronicle.mjs';
import { folder } from './support/folder.mjs';
import { amount, figure, within } from './support/torture.mjs';

const CHANGES = amount(2000, 200_000);
/** How long they may take, in milliseconds; on a machine with much else to do it is less that is read by then. */
const PATIENCE = amount(90_000, 25 * 60_000);
const SHELL = spawnSync('sqlite3', ['-version']).status === 0;

const tell = (counted, names) => names.map((name) => `${counted[name] ?? 0} ${name}`).join(', ');

describe.skipIf(process.platform === 'win32')('Four writers and three readers of the feed, on one file', () => {
  it('what a reader has is the board wherever it looks, whoever is killed', within(150, 30), async () => {
    const begin = performance.now();
    const how = { folder: folder(), seed: 1, changes: CHANGES, milliseconds: PATIENCE, shell: SHELL };
    const { findings, counted } = await keepChronicle(how);
    expect(findings).toEqual([]);
    expect(counted).toMatchObject({ restores: 1, copies: 1 });
    expect(counted.compactions).toBeGreaterThan(0);
    // Where the log was cut or replaced readers were behind; nobody had a gap without a reason.
    expect(counted.gaps).toBeGreaterThanOrEqual(3);
    expect(counted.gaps).toBeLessThanOrEqual(3 * (counted.compactions + 2));
    expect(counted.kills).toBeGreaterThan(0);
    expect(counted['changes watched']).toBeGreaterThan(0);
    const minutes = ((performance.now() - begin) / 60_000).toFixed(1);
    figure('the feed: 2 writers of ours, better-sqlite3, the shell; 3 readers', [
      `${minutes} minutes, each change once, and the board at every look: 0 findings`,
      tell(counted, ['kills', 'gaps', 'compactions', 'restores', 'copies', 'looks', 'changes read', 'changes watched']),
    ]);
  });

  it.each([
    ['forgetful', /came to|are \[|are \{/],
    ['repeating', /came behind/],
  ])('would be seen to fail with readers that are %s', within(120, 5), async (broken, finding) => {
    const how = { folder: folder(), seed: 1, changes: 400, milliseconds: 30_000, shell: SHELL, broken };
    const { findings } = await keepChronicle(how);
    expect(findings.join('\n')).toMatch(finding);
  });
});
