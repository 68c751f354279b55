'use strict';

// The options of a release's commands: `--help` shows the usage, and what is wrong ends the command with 2 before anything is installed.

const { parseArgs } = require('node:util');

/** The options, with `platforms`, or `undefined` where the command has nothing left to do. */
function readOptions({ usage, options, allowPositionals = false, platforms }) {
  const common = { only: { type: 'string' }, help: { type: 'boolean', short: 'h' } };
  let given;
  try {
    given = parseArgs({ options: { ...common, ...options }, allowPositionals });
  } catch (error) {
    return refuse(`${error.message}\n\n${usage}`);
  }
  const { values, positionals } = given;
  if (values.help) {
    console.log(usage);
    return undefined;
  }
  const names = values.only?.split(',') ?? platforms;
  const unknown = names.filter((name) => !platforms.includes(name));
  if (unknown.length > 0) {
    return refuse(`No platform is called ${unknown.join(', ')}: they are ${platforms.join(', ')}`);
  }
  return { ...values, positionals, names };
}

function refuse(words) {
  console.error(words);
  process.exitCode = 2;
}

module.exports = { readOptions };
