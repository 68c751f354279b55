'use strict';

// The class's suites, as they are run on other platforms: what VisualDatabase does, the board, its rules, its arguments and errors,
// transactions and runs. As a command: here, under the Node that runs it.

const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');
const { platformName } = require('../../lib/native/platform.js');

const ROOT = path.join(__dirname, '../..');
const RUNNER = 'scripts/release/plain_runner.mjs';
const NUMBERS = '05 06 07 08 09 10 11 12 13 14 15 16 17 100 101 102 103 104 105 106 107 108 130 132 135'.split(' ');

/** Suites that are not run there, with the reason. */
const NOT_HERE = {
  everywhere: {
    '16-errors-in-realms':
      'starts Jest and vitest, whose own binaries are for the platform that they were installed on',
  },
  'win32-x64': {
    '102-runs-leases': 'sets the wall clock, and leases go by it on Windows',
    '104-runs-retries': 'likewise',
    '105-runs-waiting': 'likewise',
    '106-runs-cancel-release-retry': 'likewise',
    '132-revisions': 'starts processes and reads what they print, which Node can not do in Wine',
  },
};

/** What Node is to run for them, from the repository's folder. */
function suites(platform) {
  const not = { ...NOT_HERE.everywhere, ...NOT_HERE[platform] };
  const files = fs.readdirSync(path.join(ROOT, '__test__')).filter((name) => name.endsWith('.test.mjs'));
  const wanted = files.filter((name) => !not[name.replace('.test.mjs', '')] && NUMBERS.includes(name.split('-')[0]));
  return [RUNNER, ...wanted.sort().map((name) => `__test__/${name}`)];
}

module.exports = { suites };

if (require.main === module) {
  process.exitCode = spawnSync(process.execPath, suites(platformName()), { cwd: ROOT, stdio: 'inherit' }).status ?? 1;
}
