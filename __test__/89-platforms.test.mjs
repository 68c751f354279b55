// The commands that run the binaries of other platforms. What they run there is `npm run test:platforms`.

import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test, vi } from 'vitest';

vi.setConfig({ testTimeout: 60_000 });

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..');
const require = createRequire(import.meta.url);
const { NOT_RUN, WITHOUT, suites } = require('../scripts/release/suites.js');
const { TARGETS } = require('../scripts/release/targets.js');

const node = (...args) => spawnSync(process.execPath, args, { cwd: ROOT, encoding: 'utf8' });

describe('the suites of another platform', () => {
  test('run without vitest itself, whose binaries are for the platform that it was installed on', () => {
    const { status, stdout } = node('scripts/release/suites.js', '07-zones', '10');
    expect(stdout).toMatch(/passed __test__\/07-zones\.test\.mjs\n[1-9]\d* passed, 0 failed, 0 skipped/);
    expect(stdout).toContain('passed __test__/10-statistics.test.mjs');
    expect(status).toBe(0);
  });

  test('are those of the class, and the whole of what is left out exists', () => {
    for (const [platform, left] of Object.entries(NOT_RUN)) {
      if (platform !== 'everywhere') expect(TARGETS).toHaveProperty([platform]);
      const names = suites(platform).map((args) => args.at(-1));
      expect(names).toContain('__test__/05-worktrees.test.mjs');
      for (const [name, reason] of Object.entries(left)) {
        expect(existsSync(join(ROOT, `__test__/${name}.test.mjs`)), name).toBe(true);
        expect(reason).not.toBe('');
        expect(names).not.toContain(`__test__/${name}.test.mjs`);
      }
    }
    for (const [platform, tests] of Object.entries(WITHOUT)) {
      const text = suites(platform)
        .map((args) => readFileSync(join(ROOT, args.at(-1)), 'utf8').replaceAll("\\'", "'"))
        .join('\n');
      for (const name of tests) expect(text).toContain(name);
    }
  });
});

describe.each(['build_all', 'platforms'])('%s.js', (name) => {
  const command = `scripts/release/${name}.js`;

  test('explains itself, and refuses options and platforms that there are not, before it installs anything', () => {
    const help = node(command, '--help');
    expect(help.status).toBe(0);
    expect(help.stdout).toContain('--only NAME,NAME');
    expect(node(command, '--all')).toMatchObject({ status: 2, stdout: '' });
    const { status, stderr } = node(command, '--only', 'sunos-x64');
    expect(status).toBe(2);
    expect(stderr).toContain('No platform is called sunos-x64: they are linux-x64-gnu, linux-arm64-gnu');
  });
});
