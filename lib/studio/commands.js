'use strict';

// What takes long, or can't be stopped from within, runs in a process of its own: the event loop stays free for those who look at the
// board, and a time limit can be enforced.

const { spawn } = require('node:child_process');
const path = require('node:path');
const { Refused } = require('./replies.js');

const COMMAND = path.join(__dirname, '../../bin/visual-db.js');
const MOST_BYTES = 16 * 1024 * 1024;

/** Runs a script of this package to its end, and gives what it prints. */
function inProcess(file, args, { input = '', env, limitMs, signal }) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [file, ...args], {
      stdio: ['pipe', 'pipe', 'ignore'],
      windowsHide: true,
      env: { ...process.env, ...env },
    });
    let refused = null;
    const stop = (why) => {
      refused ??= why;
      child.kill('SIGKILL');
    };
    const limit = setTimeout(stop, limitMs, new Refused(408, 'ERR_TIMEOUT', `It took longer than ${limitMs} ms`));
    const abandon = () => stop(new Refused(499, 'ERR_TIMEOUT', 'Nobody waits for it any more'));
    signal?.addEventListener('abort', abandon, { once: true });
    if (signal?.aborted) abandon();
    const parts = [];
    let bytes = 0;
    child.stdout.on('data', (part) => {
      bytes += part.length;
      if (bytes > MOST_BYTES) stop(new Refused(413, 'ERR_TOO_MUCH', 'The answer is too long'));
      else parts.push(part);
    });
    const settle = (settled, value) => {
      clearTimeout(limit);
      signal?.removeEventListener('abort', abandon);
      settled(value);
    };
    child.once('error', (error) => settle(reject, error));
    child.once('close', () => settle(...(refused ? [reject, refused] : [resolve, Buffer.concat(parts).toString()])));
    // A child that ends before it has read everything is handled at 'close'.
    child.stdin.on('error', () => {});
    child.stdin.end(input);
  });
}

/** What a command of the command line prints with `--json`. */
async function command(args, options) {
  return parsed(await inProcess(COMMAND, [...args, '--json'], options));
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    throw new Refused(500, 'ERR_INTERNAL', 'The process ended before it had an answer');
  }
}

module.exports = { command, inProcess, parsed };
