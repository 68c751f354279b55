'use strict';

const { Option } = require('commander');
const { reading } = require('./database.js');
const { print, printJson, printable, table } = require('./output.js');
const { runFilter, statusOption } = require('./run_filter.js');
const { duration, integer, several } = require('./run_options.js');
const { costText, durationText, oneLine, statusText, tokensText } = require('./run_text.js');

const ORDERS = ['newest', 'oldest', 'longest', 'costliest'];
const HEAD = ['run', 'status', 'zone', 'worktree', 'agent', 'attempt', 'created', 'took', 'in / out', 'cost', 'prompt'];
const PROMPT = 32;

const EXAMPLES = `
Zone, worktree, agent and status may be given several times. What was only recorded, without a queue, is listed, too.

Examples:
  visual-db runs --status running --status waiting
  visual-db runs --zone Development --agent frontend --limit 10
  visual-db runs --since 2026-11-27T00:00:00Z --order costliest --limit 5
  visual-db runs --status queued --json`;

module.exports = (root, run) => {
  root
    .command('runs')
    .description('list runs, newest first: what is wanted, what is at work, what has ended')
    .option('--zone <zone>', 'only those of this zone, by its id or name', several)
    .option('--worktree <worktree>', 'only those of this worktree, by its id or branch', several)
    .option('--agent <agent>', 'only those of this agent', several)
    .addOption(statusOption())
    .option('--model <model>', 'only those that used this model')
    .option('--parent <run>', 'only the parts of this run')
    .option('--branch <branch>', 'only those of the worktrees on this branch')
    .option('--since <time>', 'only those created then or later, as ISO 8601')
    .option('--until <time>', 'only those created then or before')
    .option('--finished-since <time>', 'only those that ended then or later')
    .option('--finished-until <time>', 'only those that ended then or before')
    .option('--min-duration <duration>', 'only those that took so long or longer, such as 90s or 2h', duration)
    .addOption(new Option('--order <order>', 'which come first').choices(ORDERS))
    .option('--limit <count>', 'how many at most, 1 to 1,000', integer, 50)
    .option('--after <next>', 'where an earlier list ended: its `next`')
    .addHelpText('after', EXAMPLES)
    .action(
      run((options) => {
        const { page, names } = reading(options.db, (database) => found(database, options));
        if (options.json) return printJson(page);
        if (page.items.length === 0) return print('No runs.');
        print(
          table(
            HEAD,
            page.items.map((item) => row(item, names)),
          ),
        );
        if (page.next !== null) print(`There are more: --after ${page.next}`);
      }),
    );
};

function found(database, options) {
  const { order, limit, after } = options;
  const page = database.listRuns({ ...runFilter(database, options), orderBy: order, fields: 'full', limit, after });
  const ids = (key) => [...new Set(page.items.map((item) => item[key]))];
  const zones = ids('zoneId').map((id) => [id, database.getZone(id)?.name ?? id]);
  const worktrees = ids('worktreeId').map((id) => [id, database.getWorktree(id)?.branchName ?? id]);
  return { page, names: { zones: new Map(zones), worktrees: new Map(worktrees) } };
}

function row(item, { zones, worktrees }) {
  return [
    printable(item.id),
    statusText(item.status),
    printable(zones.get(item.zoneId)),
    printable(worktrees.get(item.worktreeId)),
    printable(item.agentType),
    `${item.attempt}/${item.maxAttempts}`,
    item.createdAt,
    durationText(item.durationMs),
    tokensText(item.usage),
    costText(item.usage.costMicros),
    oneLine(item.prompt, PROMPT),
  ];
}
