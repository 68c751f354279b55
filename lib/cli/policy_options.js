'use strict';

const { InvalidArgumentError } = require('commander');

/** The options of a retention policy. */
const OPTIONS = {
  bodies: ['--bodies <time>', "how long prompts, results and output are kept, such as '30d'"],
  output: ['--output <time>', 'how long output is kept'],
  runs: ['--runs <time>', 'how long runs are kept at all'],
  perZone: ['--per-zone <count>', 'how many runs of each zone are kept'],
  maxBytes: ['--max-bytes <bytes>', 'how large the file may be'],
  changes: ['--changes <time>', 'how long the log of changes is kept'],
};

function count(text) {
  if (!/^\d{1,15}$/.test(text)) throw new InvalidArgumentError('a non-negative integer is wanted.');
  return Number(text);
}

/** Adds the options of a policy to a command. */
function withPolicy(command) {
  for (const [key, [flags, about]] of Object.entries(OPTIONS)) {
    if (key === 'perZone' || key === 'maxBytes') command.option(flags, about, count);
    else command.option(flags, about);
  }
  return command;
}

/** The policy that the options say; what is not given is absent. */
function policyOf(options) {
  const said = Object.keys(OPTIONS).filter((key) => options[key] !== undefined);
  return Object.fromEntries(said.map((key) => [key, options[key]]));
}

/** A policy in words. */
function policyText(policy) {
  const words = {
    bodies: (time) => `prompts, results and output ${time}`,
    output: (time) => `output ${time}`,
    runs: (time) => `runs ${time}`,
    perZone: (most) => `${most.toLocaleString('en')} runs of each zone`,
    maxBytes: (most) => `a file of ${most.toLocaleString('en')} bytes`,
    changes: (time) => `the log of changes ${time}`,
  };
  const said = Object.entries(words).filter(([key]) => policy[key] !== null && policy[key] !== undefined);
  return said.map(([key, word]) => word(policy[key])).join(', ');
}

module.exports = { policyOf, policyText, withPolicy };
