'use strict';

const { spawn } = require('node:child_process');
const { once } = require('node:events');
const { ROOT } = require('../setup.js');

/** How many of the last characters that a command prints are kept: a screen or two. */
const KEPT = 6000;

/** Runs a command and shows its output as it comes: `{ status, last }`, its exit code and the end of its output. */
async function shown(command, args) {
  const shell = command.endsWith('.cmd');
  const child = spawn(command, args, { cwd: ROOT, stdio: ['inherit', 'pipe', 'pipe'], shell });
  let last = '';
  for (const [from, to] of [
    [child.stdout, process.stdout],
    [child.stderr, process.stderr],
  ])
    from.on('data', (chunk) => {
      to.write(chunk);
      last = (last + chunk).slice(-KEPT);
    });
  const [status] = await once(child, 'close');
  return { status: status ?? 1, last };
}

module.exports = { shown };
