'use strict';

// The class's suites, as they are run on other platforms: what VisualDatabase does, the board, its rules, its arguments and errors,
// transactions and runs. As a command: here, under the Node that runs it.

const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');

const ROOT = path.join(__dirname, '../..');
const RUNNER = 'scripts/release/plain_runner.mjs';
const NUMBERS = '05 06 07 08 09 10 11 12 13 14 15 16 17 100 101 102 103 104 105 106 107 108 130 132 135'.split(' ');

/** It starts Jest and vitest itself, whose own binaries are only for the platform that they were installed on. */
const NOT_HERE = '16-errors-in-realms.test.mjs';

/** What Node is to run for them, from the repository's folder. */
function suites() {
  const files = fs.readdirSync(path.join(ROOT, '__test__')).filter((name) => name.endsWith('.test.mjs'));
  const wanted = files.filter((name) => name !== NOT_HERE && NUMBERS.includes(name.split('-')[0])).sort();
  return [RUNNER, ...wanted.map((name) => `__test__/${name}`)];
}

module.exports = { suites };

if (require.main === module) {
  process.exitCode = spawnSync(process.execPath, suites(), { cwd: ROOT, stdio: 'inherit' }).status ?? 1;
}
