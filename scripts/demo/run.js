'use strict';

const { spawnSync } = require('node:child_process');
const os = require('node:os');

/** What runs a command needs to know; nobody's Git settings, hooks or test runner reach in here. */
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

/** Runs a command to its end: what it said and how it ended. */
function run(command, folder) {
  const [file, ...args] = command;
  const start = performance.now();
  const { status, stdout, stderr, error } = spawnSync(file, args, { cwd: folder, env, encoding: 'utf8' });
  if (error) throw new Error(`The demonstration needs ${file}: ${error.message}`);
  const milliseconds = Math.round(performance.now() - start);
  return { command: command.join(' '), exitCode: status, output: `${stdout}${stderr}`.trim(), milliseconds };
}

/** Runs a command that has to succeed and returns what it said. */
function must(command, folder) {
  const { exitCode, output } = run(command, folder);
  if (exitCode !== 0) throw new Error(`${command.join(' ')} failed with ${exitCode}:\n${output}`);
  return output;
}

module.exports = { run, must };
