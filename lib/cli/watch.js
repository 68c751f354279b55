'use strict';

const { withDatabase } = require('./database.js');
const { readerOf } = require('./follow.js');
const { colour, print, printable } = require('./output.js');
const { oneLine } = require('./run_text.js');

const EXAMPLES = `
Begins now, or behind --after, and goes on until it is interrupted. With --json a line for each change, as getChanges has it, with
\`next\`: what --after takes to go on behind it. Where the changes behind --after are not known any more it ends with 1.

Examples:
  visual-db watch
  visual-db watch --entities worktree,assignment
  visual-db watch --json | jq -c 'select(.op == "delete")'`;

/** How many characters of a value are shown. */
const MOST = 80;

const COLOURS = { insert: 'green', update: 'yellow', delete: 'red' };

module.exports = (root, run) => {
  root
    .command('watch')
    .description('show what anybody changes, as it happens')
    .option('--after <place>', 'begin behind this place: the `next` of an earlier change')
    .option('--entities <names>', 'only changes of these, with commas: worktree, zone, assignment, execution, run, …')
    .addHelpText('after', EXAMPLES)
    .action(run((options) => withDatabase(options.db, { readonly: true }, (database) => watch(database, options))));
};

async function watch(database, { after, entities, json }) {
  const { signal } = readerOf(process.stdout);
  const changes = database.watch({ after, entities: entities?.split(','), signal });
  try {
    for await (const change of changes) {
      print(json ? JSON.stringify({ ...change, next: changes.position }) : line(change));
    }
  } catch (error) {
    // An aborted signal only means that nobody reads what is printed any more.
    if (!signal.aborted) throw error;
  }
}

function line({ at, by, entity, id, op, fields }) {
  const what = [at, by === null ? '-' : printable(`${by.kind} ${by.id}`), colour(COLOURS[op], op), entity];
  const values = Object.entries(fields).map(([name, value]) => `${name}=${oneLine(JSON.stringify(value), MOST)}`);
  return [...what, ...(id === null ? [] : [printable(id)]), ...values.map(printable)].join('  ');
}
