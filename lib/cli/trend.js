'use strict';

const { Option } = require('commander');
const { chart } = require('./chart.js');
const { oneForm, printCsv } = require('./csv.js');
const { reading } = require('./database.js');
const { print, printJson, printable, table } = require('./output.js');
const { runFilter } = require('./run_filter.js');
const { duration, several } = require('./run_options.js');
const { costText, durationText } = require('./run_text.js');
const { time } = require('./times.js');

const BUCKETS = ['hour', 'day', 'week', 'month', 'hourOfWeek'];
const BY = ['zone', 'agent', 'model', 'worktree', 'branch'];

const whole = (value) => Math.round(value).toLocaleString('en');
const took = (value) => durationText(Math.round(value));

/** The values that can be drawn: how each is read from a row, and how it is formatted. */
const VALUES = {
  runs: [(row) => row.runs, whole],
  failed: [(row) => row.failed, whole],
  'success-rate': [(row) => row.successRate, (value) => `${value.toFixed(0)} %`],
  mean: [(row) => row.durationMs.mean, took],
  p50: [(row) => row.durationMs.p50, took],
  p90: [(row) => row.durationMs.p90, took],
  p99: [(row) => row.durationMs.p99, took],
  cost: [(row) => row.costMicros, (value) => costText(Math.round(value))],
  tokens: [
    ({ inputTokens, outputTokens }) =>
      inputTokens === null && outputTokens === null ? null : inputTokens + outputTokens,
    whole,
  ],
};

const HEAD = ['', 'runs', 'succeeded', 'failed', 'success rate', 'longest', 'cost'];
const CSV = ['start', 'key', 'runs', 'succeeded', 'failed', 'successRate', 'meanMs', 'p50Ms', 'p90Ms', 'p99Ms', 'maxMs']
  .concat(['inputTokens', 'outputTokens', 'costMicros']); // prettier-ignore

const EXAMPLES = `
Buckets are whole ones of the time zone's clocks. With --by there is a line for each; the table below sums up all buckets.

Examples:
  visual-db trend
  visual-db trend --by zone --value success-rate --since '4 weeks ago' --time-zone Europe/Berlin
  visual-db trend --bucket week --by model --value cost --json
  visual-db trend --bucket hour --zone Development --csv > development.csv`;

module.exports = (root, run) => {
  root
    .command('trend')
    .description('draw how runs went, by buckets of the time at which they ended')
    .addOption(new Option('--bucket <bucket>', 'how long buckets are').choices(BUCKETS).default('day'))
    .addOption(new Option('--by <what>', 'a line for each of these').choices(BY))
    .addOption(new Option('--value <value>', 'what is drawn').choices(Object.keys(VALUES)).default('runs'))
    .option('--zone <zone>', 'only runs of this zone, by its id or name', several)
    .option('--worktree <worktree>', 'only those of this worktree, by its id or branch', several)
    .option('--agent <agent>', 'only those of this agent', several)
    .option('--model <model>', 'only those that used this model')
    .option('--branch <branch>', 'only those of the worktrees on this branch')
    .option('--min-duration <duration>', 'only those that took so long or longer, such as 90s or 2h', duration)
    .option('--since <time>', "only those that ended then or later: ISO 8601, or '4 weeks ago'", time)
    .option('--until <time>', 'only those that ended before', time)
    .option('--time-zone <name>', 'whose clocks the buckets go by', 'UTC')
    .option('--csv', 'print all rows as CSV')
    .addHelpText('after', EXAMPLES)
    .action(
      run((options) => {
        oneForm(options);
        const { rows, names } = reading(options.db, (database) => found(database, options));
        if (options.json) return printJson(rows);
        if (options.csv) return printCsv(CSV, rows.map(cells));
        const series = seriesOf(rows);
        if (series.every((own) => own.every((row) => row.runs === 0))) return print('No runs.');
        const nameOf = (key) => printable(names.get(key) ?? key ?? 'all');
        const [valueOf, format] = VALUES[options.value];
        const starts = series[0].map(({ start }) => start);
        const lines = series.map((own) => ({ name: nameOf(own[0].key), values: own.map(valueOf) }));
        print(chart(starts, lines, format));
        print(
          table(
            HEAD,
            series.map((own) => sums(nameOf(own[0].key), own)),
          ),
        );
      }),
    );
};

function found(database, options) {
  const { bucket, by, timeZone } = options;
  const rows = database.getTrend({ ...runFilter(database, options), bucket, by, timeZone });
  const names = new Map();
  if (by === 'zone') for (const { id, name } of database.listZones()) names.set(id, name);
  if (by === 'worktree') for (const { id, branchName } of database.listWorktrees()) names.set(id, branchName);
  return { rows, names };
}

/** The rows of each series: a new one begins where time goes back. */
function seriesOf(rows) {
  const all = [];
  for (const row of rows) {
    const last = all.at(-1);
    if (last === undefined || last[0].start === row.start) all.push([row]);
    else last.push(row);
  }
  return all;
}

function sums(name, own) {
  const sum = (valueOf) => own.reduce((all, row) => (valueOf(row) === null ? all : (all ?? 0) + valueOf(row)), null);
  const [runs, succeeded, failed] = ['runs', 'succeeded', 'failed'].map((key) => sum((row) => row[key]));
  const longest = own.reduce((most, { durationMs: { max } }) => (max === null ? most : Math.max(most ?? 0, max)), null);
  const rate = runs === 0 ? '' : `${((succeeded / runs) * 100).toFixed(1)} %`;
  return [
    name,
    whole(runs),
    whole(succeeded),
    whole(failed),
    rate,
    durationText(longest),
    costText(sum((row) => row.costMicros)),
  ];
}

function cells({
  start,
  key,
  runs,
  succeeded,
  failed,
  successRate,
  durationMs,
  inputTokens,
  outputTokens,
  costMicros,
}) {
  const { mean, p50, p90, p99, max } = durationMs;
  return [
    start,
    key,
    runs,
    succeeded,
    failed,
    successRate,
    mean,
    p50,
    p90,
    p99,
    max,
    inputTokens,
    outputTokens,
    costMicros,
  ];
}
