'use strict';

const { Argument } = require('commander');
const { reading, writing } = require('./database.js');
const { Usage } = require('./outcome.js');
const { printJson } = require('./output.js');
const { textOf, worktreeOf, zoneOf } = require('./run_options.js');

const EXAMPLES = `
Examples:
  visual-db metadata worktree feature/login
  visual-db metadata worktree feature/login '{ "pr": { "number": 7 }, "draft": null }'
  visual-db metadata zone Testing - < patch.json
  visual-db metadata run exec-1764177889000-2k9x null      # all of it goes`;

/** The id that a text means, by kind: worktrees go by their branches and zones by their names, too. */
const NAMED = { worktree: worktreeOf, zone: zoneOf, run: (_, id) => id };

module.exports = (root, run) => {
  root
    .command('metadata')
    .description('show what is kept beside a worktree, a zone or a run, or change it by a JSON merge patch')
    .addArgument(new Argument('<kind>', 'of what').choices(Object.keys(NAMED)))
    .argument('<id>', 'its id, or the branch of a worktree, the name of a zone')
    .argument(
      '[patch]',
      'an object of JSON: null removes a key, and as all of it everything; - is what stands on standard input',
    )
    .addHelpText('after', EXAMPLES)
    .action(
      run(async ({ db }, kind, id, argument) => {
        if (argument === undefined) {
          return printJson(reading(db, (database) => database.getMetadata(kind, NAMED[kind](database, id))));
        }
        const patch = patchOf(await textOf(argument));
        printJson(writing(db, (database) => database.setMetadata(kind, NAMED[kind](database, id), patch)));
      }),
    );
};

function patchOf(text) {
  try {
    return JSON.parse(text);
  } catch {
    throw new Usage(`the patch is no JSON: ${text.slice(0, 60)}`);
  }
}
