import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { VisualDatabase } from '../../lib/index.mjs';
import { newFile } from './support/folder.mjs';
import { expectSound } from './support/sound.mjs';
import { amount, figure, within } from './support/torture.mjs';

const CYCLES = fileURLToPath(new URL('./support/cycles.mjs', import.meta.url));

// What a process holds is read from /proc.
describe.skipIf(process.platform !== 'linux')('What the process holds is the same before and after', () => {
  it.each([
    ['open', 'opening and closing', amount(300, 1_000_000)],
    ['forget', 'opening and forgetting', amount(200, 20_000)],
    ['memory', 'opening and closing in memory', amount(200, 20_000)],
    ['refuse', 'being refused', amount(2000, 200_000)],
    ['call', 'calls with a garbage collection after each', amount(200, 20_000)],
    ['terminate', 'ending worker threads in mid-call', amount(15, 500)],
  ])('%s: %s, %i times', within(120, 120), async (what, words, count) => {
    const file = newFile();
    const { stdout } = await promisify(execFile)(process.execPath, ['--expose-gc', CYCLES, what, String(count), file]);
    const { before, after } = JSON.parse(stdout);
    expect(after.descriptors).toBe(before.descriptors);
    expect(after.ofTheFile).toBe(before.ofTheFile);
    // Allocators keep some pages; a kilobyte lost each time would show in full.
    expect(after.resident - before.resident).toBeLessThan(16);
    const visual = new VisualDatabase({ dbPath: file, timeout: 0 });
    expectSound(visual);
    visual.updateZone('zone', { name: 'no lock is left' });
    visual.close();
    const [{ resident: from }, { resident: to }] = [before, after];
    figure(`${words}, ${count} times`, `file descriptors and mappings as before, ${from} MiB before and ${to} after`);
  });
});
