'use strict';

// `npm run check`: everything that has to be green, each check to its end even where one before it failed, and a
// closing line that counts them. `--only NAME,NAME` runs some of them.

const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');
const { parseArgs } = require('node:util');
const { ROOT, dependencies, addon } = require('./setup.js');

const node = (...args) => [process.execPath, ...args];

/** A command of a package that is installed here, run as a script so that it works without a shell. */
function tool(name, command = name) {
  const { bin } = JSON.parse(fs.readFileSync(path.join(ROOT, 'node_modules', name, 'package.json'), 'utf8'));
  return path.join(ROOT, 'node_modules', name, typeof bin === 'string' ? bin : bin[command]);
}

/** In the order of what fails fastest. */
const CHECKS = {
  rustfmt: () => ['cargo', 'fmt', '--check'],
  prettier: () => node(tool('prettier'), '--check', '--log-level', 'warn', '.'),
  oxlint: () => node(tool('oxlint'), '--deny-warnings'),
  clippy: () => ['cargo', 'clippy', '--locked', '--', '-D', 'warnings'],
  // Tests in Rust are compiled without the addon, since that needs a JavaScript runtime to link against.
  'clippy-tests': () => [
    'cargo',
    'clippy',
    '--locked',
    '--all-targets',
    '--no-default-features',
    '--',
    '-D',
    'warnings',
  ],
  generated: () => node('scripts/generate.js', '--check'),
  types: () => node(tool('typescript', 'tsc'), '--project', '__test__/types'),
  'types-without-node': () => node(tool('typescript', 'tsc'), '--project', '__test__/types/without_node'),
  publint: () => node(tool('publint'), '--strict'),
  attw: () => node(tool('@arethetypeswrong/cli', 'attw'), '--pack', '.'),
  test: () => node('scripts/test.js'),
  install: () => node('scripts/test.js', '--project', 'install'),
  runtimes: () => node('scripts/runtimes.js', '--after-test'),
};

function check(name) {
  console.log(`\n=== ${name}`);
  const start = Date.now();
  const [command, ...args] = CHECKS[name]();
  const { status, error } = spawnSync(command, args, { cwd: ROOT, stdio: 'inherit' });
  const passed = status === 0;
  const seconds = Math.round((Date.now() - start) / 1000);
  return { name, passed, seconds, why: error?.message ?? '' };
}

function main() {
  const { only } = parseArgs({ options: { only: { type: 'string' } } }).values;
  const names = only?.split(',') ?? Object.keys(CHECKS);
  const unknown = names.filter((name) => !Object.hasOwn(CHECKS, name));
  if (unknown.length > 0) {
    console.error(`No check is called ${unknown.join(', ')}: they are ${Object.keys(CHECKS).join(', ')}`);
    process.exit(2);
  }
  dependencies();
  addon();
  const results = names.map(check);
  console.log('');
  for (const { name, passed, seconds, why } of results) {
    console.log(`${passed ? 'passed' : 'FAILED'}  ${name} (${seconds} s) ${why}`.trimEnd());
  }
  const failed = results.filter(({ passed }) => !passed).length;
  console.log(`\n${results.length - failed} passed, ${failed} failed`);
  process.exitCode = failed === 0 ? 0 : 1;
}

main();
