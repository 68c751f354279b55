'use strict';

// The class's suites that are run on other platforms: the board, its rules, arguments and errors, transactions, runs, the board in time.
// As a command it runs them here, with the Node that runs it.

const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');
const { platformName } = require('../../lib/native/platform.js');

const ROOT = path.join(__dirname, '../..');
const RUNNER = 'scripts/release/plain_runner.mjs';
const NUMBERS = /^(0\d|1\d|2[0-3]|1[01]\d|126|13[0-7])-/;

/** Suites that are not run on other platforms, each with the reason. */
const NOT_RUN = {
  everywhere: {
    '16-errors-in-realms':
      'it starts Jest and vitest, whose own binaries are for the platform that they were installed on',
    '20-javascript-layer': 'it compares with better-sqlite3 in a process on Node for Linux on x64',
    '133-feed-of-every-writer': 'one of its writers is better-sqlite3 on Node for Linux on x64',
    '136-ledger': 'one of its writers is better-sqlite3 on Node for Linux on x64',
  },
};

/** Single tests that are not run on a platform. */
const WITHOUT = {
  'win32-x64': [
    // These set the wall clock and wait for real, and on Windows leases go by the wall clock.
    'never shortens it',
    'gives the run to the next worker that claims, as another attempt',
    'in the last attempt ends the run as lost, which is an execution that did not succeed',
    'is recovered by every claim, whatever it asks for',
    'an hour on: nobody’s run is taken away',
    'nor does timeoutMs',
    'is followed by the next one at once, since it was not the work that failed',
    'counts: a run that kills its workers comes to its end',
    'counts with those that failed',
    'does not count for timeoutMs; what was worked before the question does',
    'and a worker that is not there any more: the run is cancelled, and not tried again',
    'of a run that was cancelled before it began, of one that got lost, and of a retry',
  ],
};

/** The arguments for Node that run each of a platform's suites, from the repository's folder: of those `wanted`, where any are. */
function suites(platform, wanted = []) {
  const not = { ...NOT_RUN.everywhere, ...NOT_RUN[platform] };
  const without = (WITHOUT[platform] ?? []).map((name) => `--without=${name}`);
  return fs
    .readdirSync(path.join(ROOT, '__test__'))
    .filter((file) => file.endsWith('.test.mjs'))
    .map((file) => file.replace('.test.mjs', ''))
    .filter((name) => NUMBERS.test(name) && !Object.hasOwn(not, name))
    .filter((name) => wanted.length === 0 || wanted.includes(name) || wanted.includes(name.split('-')[0]))
    .map((name) => [RUNNER, ...without, `__test__/${name}.test.mjs`]);
}

module.exports = { NOT_RUN, WITHOUT, suites };

if (require.main === module) {
  // Every one, even where an earlier one failed.
  const failed = suites(platformName(), process.argv.slice(2)).filter(
    (args) => spawnSync(process.execPath, args, { cwd: ROOT, stdio: 'inherit' }).status !== 0,
  );
  for (const args of failed) console.error(`Failed: ${args.at(-1)}`);
  if (failed.length > 0) process.exitCode = 1;
}
