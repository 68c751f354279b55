'use strict';

const { spawn, spawnSync } = require('node:child_process');
const { once } = require('node:events');
const os = require('node:os');

/** The environment of commands, without anybody's Git settings, hooks or test runner. */
const env = {
  ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(GIT_|NODE_TEST_|NODE_OPTIONS$)/.test(name))),
  GIT_CONFIG_GLOBAL: os.devNull,
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_AUTHOR_NAME: 'Demo',
  GIT_AUTHOR_EMAIL: 'demo@example.com',
  GIT_COMMITTER_NAME: 'Demo',
  GIT_COMMITTER_EMAIL: 'demo@example.com',
  LC_ALL: 'C',
};

/** Runs a command that has to succeed and returns its output. */
function must([file, ...args], folder) {
  const { status, stdout, stderr, error } = spawnSync(file, args, { cwd: folder, env, encoding: 'utf8' });
  if (error) throw missing(file, error);
  if (status !== 0) throw new Error(`${[file, ...args].join(' ')} failed with ${status}:\n${stdout}${stderr}`);
  return `${stdout}${stderr}`.trim();
}

/**
 * Runs a command to its end, or until `signal` is aborted, hands its output to `print` as it comes, and returns its exit code.
 * Its standard input stays open for as long as this process lives.
 */
async function run([file, ...args], folder, { print, signal }) {
  const child = spawn(file, args, { cwd: folder, env, signal });
  for (const stream of ['stdout', 'stderr']) {
    child[stream].setEncoding('utf8').on('data', (text) => print({ stream, text }));
  }
  try {
    const [exitCode] = await once(child, 'close');
    return exitCode;
  } catch (error) {
    throw error.name === 'AbortError' ? error : missing(file, error);
  }
}

const missing = (file, { message }) => new Error(`The demonstration needs ${file}: ${message}`);

module.exports = { run, must };
