'use strict';

// `npm run test:platforms`: tests the binaries of other platforms, as far as a Linux x64 machine can run them, under QEMU, musl and
// Wine: first what a user does first (__test__/runtimes/smoke.*), then, with `--suites`, the class's suites. Nothing can run
// macOS's here; their files were inspected when they were built. `--only NAME,NAME` takes some platforms.

const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { parseArgs } = require('node:util');
const { binaryPath } = require('../../lib/native/platform.js');
const { foreignPrograms } = require('./foreign_programs.js');
const { runtimes } = require('./runtimes.js');
const { suites } = require('./suites.js');
const { toolchain } = require('./toolchain.js');

const ROOT = path.join(__dirname, '../..');
const SMOKE = ['smoke.mjs', 'smoke.cjs'].map((file) => path.join('__test__/runtimes', file));

/** Runs a script with a platform's Node; whether it succeeded. Its output goes through a file: in Wine, Node can't write to a pipe. */
function run(platform, { command, env }, args) {
  console.log(`\n--- ${platform}: ${args[0]}`);
  const [program, ...rest] = command;
  const file = path.join(fs.mkdtempSync(path.join(os.tmpdir(), 'visual-db-platform-')), 'output');
  const output = fs.openSync(file, 'w');
  const start = Date.now();
  const { status, signal } = spawnSync(program, [...rest, ...args], {
    cwd: ROOT,
    env: { ...process.env, ...env },
    stdio: ['ignore', output, output],
  });
  fs.closeSync(output);
  process.stdout.write(fs.readFileSync(file, 'utf8'));
  fs.rmSync(path.dirname(file), { recursive: true });
  console.log(
    `${status === 0 ? 'passed' : `ended with ${status ?? signal}`}, ${Math.round((Date.now() - start) / 1000)} s`,
  );
  return status === 0;
}

function main() {
  const { only, suites: withSuites } = parseArgs({
    options: { only: { type: 'string' }, suites: { type: 'boolean' } },
  }).values;
  const base = path.resolve(process.env.CARGO_TARGET_DIR ?? path.join(ROOT, 'target'));
  const { zig } = toolchain(path.join(base, 'release-tools'));
  const all = runtimes(path.join(base, 'release-tools/runtimes'), zig);
  const names = only?.split(',') ?? Object.keys(all);
  const done = foreignPrograms();
  try {
    const failed = names.filter((name) => {
      if (!fs.existsSync(binaryPath(name))) {
        console.log(`\n--- ${name}: its binary was not built (npm run build:all)`);
        return true;
      }
      // Every one, even where an earlier one failed.
      const smoke = SMOKE.map((file) => run(name, all[name], [file]));
      return smoke.includes(false) || (withSuites && !run(name, all[name], suites(name)));
    });
    if (failed.length === 0) return;
    console.error(`\nFailed: ${failed.join(', ')}`);
    process.exitCode = 1;
  } finally {
    done();
  }
}

main();
