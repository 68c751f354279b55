// The commands that run the binaries of other platforms. What they run there is `npm run test:platforms`.

import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test, vi } from 'vitest';

vi.setConfig({ testTimeout: 60_000 });

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..');

const node = (...args) => spawnSync(process.execPath, args, { cwd: ROOT, encoding: 'utf8' });

describe('the suites of another platform', () => {
  test('run without vitest itself, whose binaries are for the platform that it was installed on', () => {
    const { status, stdout } = node('scripts/release/plain_runner.mjs', '__test__/10-statistics.test.mjs');
    expect(stdout).toMatch(/^passed __test__\/10-statistics\.test\.mjs\n[1-9]\d* passed, 0 failed, 0 skipped\n$/);
    expect(status).toBe(0);
  });
});
