'use strict';

// `npm run test:runtimes`: tests the one binary under every runtime that it is for: under each Node the whole suite, without a
// rebuild; under Bun and Deno, which can't run the suite, what a user does first (__test__/runtimes/smoke.*).
// `--only NAME,NAME` takes some of them; `--smoke` runs the latter under each Node, too, instead of the suite.

const { spawnSync } = require('node:child_process');
const path = require('node:path');
const { parseArgs } = require('node:util');
const { ROOT, dependencies, addon } = require('./setup.js');

const installed = (name, file) => path.join(ROOT, '__test__/runtimes/node_modules', name, file);
const SMOKE = ['smoke.cjs', 'smoke.mjs'].map((file) => path.join(ROOT, '__test__/runtimes', file));
const SUITE = [[path.join(ROOT, 'node_modules/vitest/vitest.mjs'), 'run', '--project', 'suite']];

const RUNTIMES = {
  node20: { executable: installed('node20', 'bin/node'), runs: [...SMOKE, ...SUITE] },
  node22: { executable: installed('node22', 'bin/node'), runs: [...SMOKE, ...SUITE] },
  node24: { executable: installed('node24', 'bin/node'), runs: [...SMOKE, ...SUITE] },
  node26: { executable: installed('node26', 'bin/node'), runs: [...SMOKE, ...SUITE] },
  bun: { executable: installed('@oven/bun-linux-x64', 'bin/bun'), runs: SMOKE },
  deno: {
    executable: installed('@deno/linux-x64-glibc', 'deno'),
    args: ['run', '--allow-all', '--quiet'],
    runs: SMOKE,
  },
};

function main() {
  const { only, smoke } = parseArgs({ options: { only: { type: 'string' }, smoke: { type: 'boolean' } } }).values;
  dependencies();
  dependencies('__test__/peer');
  dependencies('__test__/runtimes');
  addon();

  const failed = (only?.split(',') ?? Object.keys(RUNTIMES)).filter((name) => {
    const { executable, args = [], runs } = RUNTIMES[name];
    return !(smoke ? SMOKE : runs).every((run) => {
      const command = [...args, ...[run].flat()];
      console.log(`\n--- ${name}: ${command.map((part) => path.relative(ROOT, part) || part).join(' ')}`);
      return spawnSync(executable, command, { cwd: ROOT, stdio: 'inherit' }).status === 0;
    });
  });
  if (failed.length === 0) return;
  console.error(`\nFailed under ${failed.join(', ')}`);
  process.exitCode = 1;
}

main();
