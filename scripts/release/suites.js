'use strict';

// The class's suites under another platform's Node: in a copy of the repository, since packages with binaries of their own, of
// which vitest has some, have to be that platform's. Run as a command: here, under the Node that runs it.

const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');
const { binaryPath } = require('../../lib/native/platform.js');
const { TARGETS } = require('./targets.js');

const ROOT = path.join(__dirname, '../..');

/** What VisualDatabase does: the board, its rules, its arguments and errors, transactions and runs. */
const NUMBERS = '05 06 07 08 09 10 11 12 13 14 15 16 17 100 101 102 103 104 105 106 107 108 130 132 135';
const SUITES = NUMBERS.split(' ').map((number) => `__test__/${number}-`);

const VITEST = ['node_modules/vitest/vitest.mjs', 'run', '--project', 'suite'];

/** Makes the copy and returns it with what Node is to run there: `{ folder, args }`. */
function suites(platform, folder) {
  const { stdout } = spawnSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: ROOT,
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
  });
  for (const file of stdout.split('\0').filter((name) => name !== '' && fs.existsSync(path.join(ROOT, name)))) {
    fs.cpSync(path.join(ROOT, file), path.join(folder, file));
  }
  const binary = path.relative(ROOT, binaryPath(platform));
  fs.cpSync(binaryPath(platform), path.join(folder, binary));
  const { os, cpu, libc } = TARGETS[platform];
  const machine = [`--os=${os}`, `--cpu=${cpu}`, ...(libc ? [`--libc=${libc}`] : [])];
  const { status, stderr } = spawnSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', ...machine], {
    cwd: folder,
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`npm ci for ${platform} failed:\n${stderr}`);
  // One at a time: what is a second elsewhere takes an emulator many, and tests wait for one another.
  return { folder, args: [...VITEST, '--maxWorkers=1', '--testTimeout=300000', ...SUITES] };
}

module.exports = { suites };

if (require.main === module) {
  process.exitCode = spawnSync(process.execPath, [...VITEST, ...SUITES], { cwd: ROOT, stdio: 'inherit' }).status ?? 1;
}
