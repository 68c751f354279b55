'use strict';

// `npm run valgrind`: runs the Rust tests of the raw-pointer code (src/engine/sqlite/driver) under valgrind, which has to be installed.
// Fails on an invalid access and on a definite leak.

const { spawnSync } = require('node:child_process');
const { ROOT, run } = require('./setup.js');

const args = ['test', '--locked', '--no-default-features', '--lib', '--no-run', '--message-format=json'];
const { stdout, status } = spawnSync('cargo', args, {
  cwd: ROOT,
  encoding: 'utf8',
  stdio: ['ignore', 'pipe', 'inherit'],
  maxBuffer: 2 ** 28,
});
if (status !== 0) process.exit(1);
const messages = stdout
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line));
const { executable } = messages.findLast((message) => message.executable);
run('valgrind', [
  '--quiet',
  '--leak-check=full',
  '--errors-for-leak-kinds=definite',
  '--error-exitcode=9',
  executable,
  '--test-threads=1',
  'engine::sqlite::driver::',
]);
