'use strict';

const readline = require('node:readline');
const { Found, Usage } = require('./outcome.js');
const { print } = require('./output.js');

/** Goes on only with `--yes` or a yes on the terminal. Without a terminal it refuses instead of waiting. */
async function confirm(question, { yes }) {
  if (yes) return;
  if (!process.stdin.isTTY) throw new Usage(`${question} There is no terminal to ask on: say --yes`);
  const answer = await ask(`${question} [y/N] `);
  if (/^y(es)?$/i.test(answer.trim())) return;
  print('Nothing was changed.');
  throw new Found('declined');
}

/** Reads one line from the terminal; end of input (Ctrl-D) is an empty answer. */
function ask(question) {
  const terminal = readline.createInterface({ input: process.stdin, output: process.stderr });
  return new Promise((resolve) => {
    terminal.once('close', () => resolve(''));
    terminal.question(question, (answer) => {
      resolve(answer);
      terminal.close();
    });
  });
}

module.exports = { confirm };
