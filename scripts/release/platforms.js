'use strict';

// `npm run test:platforms`: tests the binaries of the platforms, as far as a Linux x64 machine can run them, itself and under QEMU, musl
// and Wine: first what a user does first (__test__/runtimes/smoke.*), then, with `--suites`, the class's suites. Nothing can run
// macOS's here; their files were inspected when they were built.

const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { binaryPath } = require('../../lib/native/platform.js');
const { foreignPrograms } = require('./foreign_programs.js');
const { readOptions } = require('./options.js');
const { RUN_HERE, runtimes } = require('./runtimes.js');
const { suites } = require('./suites.js');
const { toolchain } = require('./toolchain.js');

const ROOT = path.join(__dirname, '../..');
const SMOKE = ['smoke.mjs', 'smoke.cjs'].map((file) => path.join('__test__/runtimes', file));
const USAGE = `npm run test:platforms [-- OPTIONS] [SUITE…]: runs the binaries that \`npm run build:all\` has made

  --only NAME,NAME  of the platforms: ${RUN_HERE.join(', ')}
  --suites          after the smoke tests the class's suites, each in a process of its own; those named as \`__test__/NN-name.test.mjs\`
                    is called or numbered, where any are: \`--suites 05 14-transactions\`
  --help

Debian 12 on x64, as root. What is missing is installed: QEMU and Wine by apt, Node for each platform by npm and pip.
What is not run where, and why: scripts/release/suites.js.
Ends with 0, with 1 where a test failed or a binary was not built, with 2 where it was called wrongly.`;

/** Runs a script with a platform's Node; whether it succeeded. Its output goes through a file: in Wine, Node can't write to a pipe. */
function run(platform, { command, env }, args) {
  const [program, ...rest] = command;
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'visual-db-platform-'));
  const output = fs.openSync(path.join(folder, 'output'), 'w');
  const start = Date.now();
  const { status, signal } = spawnSync(program, [...rest, ...args], {
    cwd: ROOT,
    env: { ...process.env, ...env },
    stdio: ['ignore', output, output],
  });
  fs.closeSync(output);
  const text = fs.readFileSync(path.join(folder, 'output'), 'utf8');
  fs.rmSync(folder, { recursive: true });
  const ended = status === 0 ? 'passed' : `ended with ${status ?? signal}`;
  console.log(`--- ${platform}: ${args.at(-1)}\n${text}${ended}, ${Math.round((Date.now() - start) / 1000)} s`);
  return { passed: status === 0, text };
}

/** Runs a platform's suites, each in a process of its own: what ends one of them doesn't end the others. Whether all passed. */
function runSuites(platform, runtime, wanted) {
  const counts = {};
  const failed = suites(platform, wanted).filter((args) => {
    const { passed, text } = run(platform, runtime, args);
    for (const [, count, state] of text.matchAll(/(\d+) (passed|failed|skipped)/g)) {
      counts[state] = (counts[state] ?? 0) + Number(count);
    }
    return !passed;
  });
  const told = Object.entries(counts).map(([state, count]) => `${count} ${state}`);
  console.log(`=== ${platform}: ${told.join(', ') || 'no tests'}`);
  for (const args of failed) console.log(`    failed: ${args.at(-1)}`);
  return failed.length === 0;
}

function main() {
  const given = readOptions({
    usage: USAGE,
    options: { suites: { type: 'boolean' } },
    allowPositionals: true,
    platforms: RUN_HERE,
  });
  if (given === undefined) return;
  const base = path.resolve(process.env.CARGO_TARGET_DIR ?? path.join(ROOT, 'target'));
  const { zig } = toolchain(path.join(base, 'release-tools'));
  const all = runtimes(path.join(base, 'release-tools/runtimes'), zig);
  const done = foreignPrograms();
  try {
    const failed = given.names.filter((name) => {
      if (!fs.existsSync(binaryPath(name))) {
        console.log(`--- ${name}: its binary was not built (npm run build:all)`);
        return true;
      }
      // Every one, even where an earlier one failed.
      const smoke = SMOKE.map((file) => run(name, all[name], [file]).passed);
      return smoke.includes(false) || (given.suites && !runSuites(name, all[name], given.positionals));
    });
    if (failed.length === 0) return;
    console.error(`\nFailed: ${failed.join(', ')}`);
    process.exitCode = 1;
  } finally {
    done();
  }
}

main();
