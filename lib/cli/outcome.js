'use strict';

// How a command ends when it doesn't end well.

const { CommanderError } = require('commander');

/** The command was called wrongly: exit code 2. */
class Usage extends Error {}

/** The command worked and found something, which it has printed: exit code 1. */
class Found extends Error {}

/** Codes with which the class refuses a value from the command line. */
const REFUSED = new Set(['ERR_INVALID_ARG_TYPE', 'ERR_INVALID_ARG_VALUE', 'ERR_OUT_OF_RANGE', 'ERR_CURSOR']);

function exitCodeOf(error) {
  if (error instanceof Usage || REFUSED.has(error.code)) return 2;
  // Commander ends `--help` and `--version` with an error, too.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  return 1;
}

module.exports = { Usage, Found, exitCodeOf };
