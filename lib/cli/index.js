'use strict';

// The command line: `main(argv)` runs one command and sets the exit code.

const { Command, CommanderError } = require('commander');
const { Found, Usage, exitCodeOf } = require('./outcome.js');
const { withGlobals } = require('./options.js');
const { printError } = require('./output.js');
const { checkCommand } = require('./server.js');
const { version } = require('../../package.json');

const COMMANDS = [
  require('./migrate.js'),
  require('./backup.js'),
  require('./backups.js'),
  require('./verify.js'),
  require('./restore.js'),
  require('./prune_backups.js'),
  require('./stats.js'),
  require('./metrics.js'),
  require('./board.js'),
  require('./worktrees.js'),
  require('./watch.js'),
  require('./studio.js'),
  require('./doctor.js'),
  require('./vacuum.js'),
  require('./prune.js'),
  require('./retention.js'),
  require('./export.js'),
  require('./import.js'),
  require('./copy.js'),
  require('./metadata.js'),
  require('./move.js'),
  require('./moves.js'),
  require('./flow.js'),
  require('./archive.js'),
  require('./archived.js'),
  require('./restore_worktree.js'),
  require('./undo.js'),
  require('./redo.js'),
];

const RUNS = [
  require('./runs.js'),
  require('./search.js'),
  require('./trend.js'),
  require('./show.js'),
  require('./enqueue.js'),
  require('./cancel.js'),
  require('./retry.js'),
  require('./answer.js'),
  require('./sweep.js'),
  require('./budgets.js'),
  require('./limits.js'),
];

const MORE = `
VISUAL_DB_PATH in the environment is the database where --db says none: the path of a file, or a server's postgres://…
(its schema is VISUAL_DB_SCHEMA's, visual_db without it).
Exit codes: 0 fine, 1 found something or failed, 2 wrong usage. A reader of the output that goes away changes none of them.
Help for a command: visual-db <command> --help`;

/** The parser with all commands. `run` wraps each command's action. */
function program(run) {
  const root = new Command('visual-db')
    .description('The data of a canvas of worktrees and zones: migrations, backups, a look inside, runs')
    .version(version)
    .addHelpText('after', MORE)
    .exitOverride();
  withGlobals(root);
  root
    .command('build')
    .description('build the addon for this machine (needs Rust)')
    .allowExcessArguments()
    .allowUnknownOption()
    .action(run(buildComesFirst));
  for (const register of COMMANDS) register(root, run);
  root.commandsGroup('Runs:');
  for (const register of RUNS) register(root, run);
  return root;
}

/** `build` has to work without packages and binary, so bin/visual-db.js runs it where it is the first argument. */
function buildComesFirst() {
  throw new Usage('build comes before everything else: visual-db build [--platform NAME] [--portable]');
}

/** The command directly below the program: of `migrate up` it is `migrate`. */
const first = (command) => (command.parent?.parent ? first(command.parent) : command);

/** Runs the command in `argv` (as `process.argv`). */
async function main(argv) {
  let json = false;
  const run =
    (action) =>
    async (...args) => {
      const command = args.at(-1);
      const options = command.optsWithGlobals();
      json = Boolean(options.json);
      checkCommand(first(command).name(), options);
      await action(options, ...args.slice(0, -2));
    };
  try {
    await program(run).parseAsync(argv);
  } catch (error) {
    process.exitCode = exitCodeOf(error);
    // Commander has printed its own errors, and for `Found` everything has been printed.
    if (!(error instanceof CommanderError) && !(error instanceof Found)) printError(error, json);
  }
}

module.exports = { main };
