'use strict';

const { Option } = require('commander');
const { reading } = require('./database.js');
const { print, printJson, printable, table } = require('./output.js');
const { integer, several, worktreeOf, zoneOf } = require('./run_options.js');
const { costText, durationText, oneLine, statusText, tokensText } = require('./run_text.js');

const STATUSES = ['queued', 'running', 'waiting', 'succeeded', 'failed', 'cancelled', 'timedOut', 'lost'];
const HEAD = ['run', 'status', 'zone', 'worktree', 'agent', 'attempt', 'created', 'took', 'in / out', 'cost', 'prompt'];
const PROMPT = 32;

const EXAMPLES = `
Each filter may be given several times. What was only recorded, without a queue, is listed, too.

Examples:
  visual-db runs --status running --status waiting
  visual-db runs --zone Development --agent frontend --limit 10
  visual-db runs --status queued --json`;

/** `visual-db runs` */
module.exports = (root, run) => {
  root
    .command('runs')
    .description('list runs, newest first: what is wanted, what is at work, what has ended')
    .option('--zone <zone>', 'only those of this zone, by its id or name', several)
    .option('--worktree <worktree>', 'only those of this worktree, by its id or branch', several)
    .option('--agent <agent>', 'only those of this agent', several)
    .addOption(statusOption())
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

function statusOption() {
  const option = new Option('--status <status>', 'only those in this state').choices(STATUSES);
  // Its list of choices refuses a word; this gathers those that it has let through.
  const choose = option.parseArg;
  return option.argParser((text, before) => several(choose(text), before));
}

function found(database, { zone, worktree, agent, status, limit, after }) {
  const page = database.listRuns({
    zoneId: zone?.map((given) => zoneOf(database, given)),
    worktreeId: worktree?.map((given) => worktreeOf(database, given)),
    agentType: agent,
    status,
    fields: 'full',
    limit,
    after,
  });
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
