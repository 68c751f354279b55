'use strict';

const { writing } = require('./database.js');
const { Usage } = require('./outcome.js');
const { print, printJson, printable } = require('./output.js');
const { jsonObject, worktreeOf, zoneOf } = require('./run_options.js');

const EXAMPLES = `
Examples:
  visual-db move feature/login Review --reason 'ready'
  visual-db move feature/login Testing --enqueue --variables '{ "github": { "title": "Log in" } }'
  visual-db move feature/login --out`;

module.exports = (root, run) => {
  root
    .command('move')
    .description('move a worktree into a zone, or out of its zone, and tell the ledger')
    .argument('<worktree>', 'its id or its branch')
    .argument('[zone]', 'the id or the name of the zone')
    .option('--out', 'out of its zone, into none')
    .option('--reason <text>', 'why, for the ledger')
    .option('--force', 'also into a zone that has as many worktrees as it is to have')
    .option('--enqueue', 'queue a run of each agent of the zone, if dropping is what starts them')
    .option('--variables <json>', 'what the prompt template of the zone may name, an object of JSON', jsonObject)
    .addHelpText('after', EXAMPLES)
    .action(
      run((options, worktree, zone) => {
        if ((zone === undefined) !== Boolean(options.out)) throw new Usage('say a zone, or --out');
        const { reason, force, enqueue, variables } = options;
        const given = { reason, overLimit: force ? 'force' : undefined, enqueue, variables };
        const made = writing(options.db, (database) =>
          database.moveWorktree(worktreeOf(database, worktree), zoneOf(database, zone) ?? null, given),
        );
        if (options.json) return printJson(made);
        print(sentence(made));
        for (const { id, agentType } of made.runs) print(`Wanted: ${printable(id)} of ${printable(agentType)}`);
      }),
    );
};

function sentence({ worktree, move }) {
  const branch = printable(worktree.branchName);
  if (move === null) return `${branch} is there already.`;
  const [from, to] = [move.fromName, move.toName].map((name) => (name === null ? 'no zone' : printable(name)));
  return `${branch}: ${from} -> ${to}`;
}
