'use strict';

const { Option } = require('commander');
const { reading } = require('./database.js');
const { print, printJson, printable, table } = require('./output.js');
const { integer, jsonObject, several, zoneOf } = require('./run_options.js');

const HEAD = ['worktree', 'status', 'zone', 'branch', 'port', 'created', 'updated'];

const EXAMPLES = `
Status and zone may be given several times.

Examples:
  visual-db worktrees --branch 'feature/*' --zone Review
  visual-db worktrees --busy --order branch
  visual-db worktrees --metadata '{"team":"web"}' --json`;

module.exports = (root, run) => {
  root
    .command('worktrees')
    .description('list worktrees, newest first')
    .option('--status <status>', 'only those in this state', several)
    .option('--zone <zone>', 'only those in this zone, by its id or name', several)
    .option('--branch <branch>', 'only those on this branch, in which each * stands for any text')
    .option('--created-since <time>', 'only those created then or later, as ISO 8601')
    .option('--updated-since <time>', 'only those updated then or later')
    .option('--busy', 'only those with runs that are queued, at work or waiting')
    .addOption(new Option('--idle', 'only those without').conflicts('busy'))
    .option('--metadata <json>', 'only those whose metadata has these members', jsonObject)
    .addOption(new Option('--order <order>', 'which come first').choices(['newest', 'oldest', 'branch']))
    .option('--limit <count>', 'how many at most, 1 to 1,000', integer, 50)
    .option('--after <next>', 'where an earlier list ended: its `next`')
    .addHelpText('after', EXAMPLES)
    .action(
      run((options) => {
        const { page, zones } = reading(options.db, (database) => found(database, options));
        if (options.json) return printJson(page);
        if (page.items.length === 0) return print('No worktrees.');
        print(
          table(
            HEAD,
            page.items.map((item, nth) => row(item, zones[nth])),
          ),
        );
        if (page.next !== null) print(`There are more: --after ${page.next}`);
      }),
    );
};

function found(
  database,
  { status, zone, branch, createdSince, updatedSince, busy, idle, metadata, order, limit, after },
) {
  const page = database.findWorktrees({
    status,
    zoneId: zone?.map((given) => zoneOf(database, given)),
    branchName: branch,
    createdSince,
    updatedSince,
    hasOpenRuns: busy ? true : idle ? false : undefined,
    metadata,
    orderBy: order,
    limit,
    after,
  });
  const names = new Map(database.listZones().map(({ id, name }) => [id, name]));
  const zones = page.items.map(({ id }) => {
    const zoneId = database.getWorktreeZone(id);
    return names.get(zoneId) ?? zoneId ?? '-';
  });
  return { page, zones };
}

function row({ id, status, branchName, port, createdAt, updatedAt }, zone) {
  return [
    printable(id),
    printable(status),
    printable(zone),
    printable(branchName),
    String(port),
    printable(createdAt),
    printable(updatedAt ?? '-'),
  ];
}
