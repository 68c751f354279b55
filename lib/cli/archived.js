'use strict';

const { reading } = require('./database.js');
const { print, printJson, printable, table } = require('./output.js');
const { integer } = require('./run_options.js');
const { oneLine } = require('./run_text.js');

const HEAD = ['key', 'id', 'branch', 'archived', 'executions', 'by', 'reason'];
const REASON = 40;

module.exports = (root, run) => {
  root
    .command('archived')
    .description('list the worktrees of the archive, what was archived last first')
    .option('--limit <count>', 'how many at most, 1 to 1,000', integer, 50)
    .option('--after <next>', 'where an earlier list ended: its `next`')
    .action(
      run(({ db, json, limit, after }) => {
        const page = reading(db, (database) => database.listArchived({ limit, after }));
        if (json) return printJson(page);
        if (page.items.length === 0) return print('Nothing is archived.');
        print(table(HEAD, page.items.map(row)));
        if (page.next !== null) print(`There are more: --after ${page.next}`);
      }),
    );
};

function row({ key, worktree, archivedAt, executions, by, reason }) {
  const actor = by === null ? '-' : printable(`${by.kind} ${by.id}`);
  const { id, branchName } = worktree;
  return [
    `${key}`,
    printable(id),
    printable(branchName),
    archivedAt,
    `${executions}`,
    actor,
    oneLine(reason ?? '', REASON),
  ];
}
