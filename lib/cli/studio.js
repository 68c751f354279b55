'use strict';

const { spawn } = require('node:child_process');
const { InvalidArgumentError } = require('commander');
const { withDatabase } = require('./database.js');
const { Usage } = require('./outcome.js');
const { print, printJson } = require('./output.js');

const EXAMPLES = `
Only this machine can reach it, and only with the address that is printed: keep that to yourself. Ctrl-C ends it.
From another machine: ssh -L 4983:127.0.0.1:4983 HOST, and on HOST visual-db studio --port 4983 --no-open.

Examples:
  visual-db studio
  visual-db studio data/visual.db --write
  visual-db studio --port 4983 --no-open --json`;

const OPENERS = { darwin: ['open'], win32: ['cmd', '/c', 'start', ''] };

module.exports = (root, run) => {
  root
    .command('studio')
    .description('show the canvas, its runs and its health in a browser, as they change')
    .argument('[file]', 'the database, or its URL, instead of --db')
    .option('--port <port>', 'on which it listens (default: one that is free)', portOf, 0)
    .option('--write', 'let the page move worktrees, and cancel, retry and answer runs; without it, it only looks')
    .option('--no-open', "don't open the browser")
    .addHelpText('after', EXAMPLES)
    .action(
      run((options, file) => {
        if (file === '') throw new Usage('a file is wanted, not an empty name');
        const readonly = !options.write;
        return withDatabase(file ?? options.db, { readonly }, (database) => studio(database, options));
      }),
    );
};

async function studio(database, { port, write = false, open, json }) {
  const { serve } = require('../studio/server.js');
  const told = untilTold();
  const { url, urlForOnce, close } = await serve(database, { port, write, actor: { kind: 'user', id: userName() } });
  if (json) printJson({ url, write });
  else print(`Studio is at ${url}\n${write ? 'It may change the board.' : 'It only looks.'} Ctrl-C ends it.`);
  if (open) openBrowser(urlForOnce());
  await told;
  await close();
}

/** A promise of Ctrl-C, or of a supervisor's SIGTERM. */
const untilTold = () =>
  new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, resolve);
  });

/** Opens a browser; where there is none, nothing happens, since the address was printed. */
function openBrowser(url) {
  const [command, ...args] = OPENERS[process.platform] ?? ['xdg-open'];
  spawn(command, [...args, url], { stdio: 'ignore', detached: true })
    .on('error', () => {})
    .unref();
}

/** The name of the user, `studio` where it can't be told. */
function userName() {
  try {
    return require('node:os').userInfo().username || 'studio';
  } catch {
    return 'studio';
  }
}

function portOf(text) {
  if (!/^\d{1,5}$/.test(text) || Number(text) > 65_535)
    throw new InvalidArgumentError('a port is wanted: 1 to 65,535, or 0 for any.');
  return Number(text);
}
