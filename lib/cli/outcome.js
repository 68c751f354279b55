'use strict';

// How a command ends when it doesn't end well.

const { CommanderError } = require('commander');

/** The command was called wrongly: exit code 2. */
class Usage extends Error {}

/** The command worked and found something, which it has printed: exit code 1. */
class Found extends Error {}

function exitCodeOf(error) {
  if (error instanceof Usage) return 2;
  // Commander ends `--help` and `--version` by an error, too.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  return 1;
}

module.exports = { Usage, Found, exitCodeOf };
