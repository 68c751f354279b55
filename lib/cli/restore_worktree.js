'use strict';

const { writing } = require('./database.js');
const { print, printJson, printable } = require('./output.js');
const { integer } = require('./run_options.js');

const EXAMPLES = `
Examples:
  visual-db restore-worktree wt-1
  visual-db restore-worktree wt-1 --port auto`;

module.exports = (root, run) => {
  root
    .command('restore-worktree')
    .description('bring a worktree back from the archive, with its history')
    .argument('<id>', 'its id, as `visual-db archived` shows it')
    .option('--port <port>', 'another port than it had; auto is the lowest from 3001 to 3999 that is free')
    .option('--key <key>', 'which one, where several were archived under that id', integer)
    .addHelpText('after', EXAMPLES)
    .action(
      run(({ db, json, port, key }, id) => {
        const worktree = writing(db, (database) => database.restoreWorktree(id, { port, key }));
        if (json) return printJson(worktree);
        print(`${printable(worktree.branchName)} is on the canvas again, at port ${worktree.port}.`);
      }),
    );
};
