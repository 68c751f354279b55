'use strict';

const { writing } = require('./database.js');
const { print, printJson, printable } = require('./output.js');
const { worktreeOf } = require('./run_options.js');

const EXAMPLES = `
Its executions still count and are found; its id, its port and its branch are free, and its open runs are cancelled.

Examples:
  visual-db archive feature/login --reason 'merged'`;

module.exports = (root, run) => {
  root
    .command('archive')
    .description('take a worktree off the canvas, with its history')
    .argument('<worktree>', 'its id or its branch')
    .option('--reason <text>', 'why, for the archive and the ledger')
    .addHelpText('after', EXAMPLES)
    .action(
      run(({ db, json, reason }, worktree) => {
        const archived = writing(db, (database) =>
          database.archiveWorktree(worktreeOf(database, worktree), { reason }),
        );
        if (json) return printJson(archived);
        const { id, branchName } = archived.worktree;
        const count = `${archived.executions} execution${archived.executions === 1 ? '' : 's'}`;
        print(`${printable(branchName)} is archived with ${count}.`);
        print(`Back again: visual-db restore-worktree ${printable(id)}`);
      }),
    );
};
