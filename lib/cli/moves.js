'use strict';

const { reading } = require('./database.js');
const { print, printJson, printable, table } = require('./output.js');
const { integer, worktreeOf, zoneOf } = require('./run_options.js');
const { oneLine } = require('./run_text.js');

const HEAD = ['when', 'worktree', 'from', 'to', 'by', 'reason'];
const REASON = 40;

const EXAMPLES = `
Worktrees and zones are shown by what they were called then.

Examples:
  visual-db moves --worktree feature/login
  visual-db moves --zone Review --since 2026-11-27T00:00:00Z --json`;

module.exports = (root, run) => {
  root
    .command('moves')
    .description('list which worktree went from which zone to which, newest first, whoever moved it')
    .option('--worktree <worktree>', 'only those of this worktree, by its id or branch')
    .option('--zone <zone>', 'only those out of this zone or into it, by its id or name')
    .option('--since <time>', 'only those made then or later, as ISO 8601')
    .option('--until <time>', 'only those made then or before')
    .option('--limit <count>', 'how many at most, 1 to 1,000', integer, 50)
    .option('--after <next>', 'where an earlier list ended: its `next`')
    .addHelpText('after', EXAMPLES)
    .action(
      run(({ db, json, worktree, zone, since, until, limit, after }) => {
        const page = reading(db, (database) =>
          database.getMoves({
            worktreeId: worktreeOf(database, worktree),
            zoneId: zoneOf(database, zone),
            since,
            until,
            limit,
            after,
          }),
        );
        if (json) return printJson(page);
        if (page.items.length === 0) return print('No moves.');
        print(table(HEAD, page.items.map(row)));
        if (page.next !== null) print(`There are more: --after ${page.next}`);
      }),
    );
};

function row({ at, branchName, fromName, toName, by, reason }) {
  const actor = by === null ? '-' : printable(`${by.kind} ${by.id}`);
  return [
    at,
    printable(branchName),
    printable(fromName ?? '-'),
    printable(toName ?? '-'),
    actor,
    oneLine(reason ?? '', REASON),
  ];
}
