'use strict';

const { Option } = require('commander');
const { oneForm, printCsv } = require('./csv.js');
const { reading } = require('./database.js');
const { print, printJson, printable, table } = require('./output.js');
const { durationText } = require('./run_text.js');
const { time } = require('./times.js');

const BUCKETS = ['day', 'hour', 'week', 'month'];

const EXAMPLES = `
Below the zones: how many worktrees are in each at the end of the bucket; how many came into a zone out of none, and left for none.

Examples:
  visual-db flow
  visual-db flow --bucket week --since '12 weeks ago' --time-zone Europe/Berlin
  visual-db flow --csv > flow.csv`;

module.exports = (root, run) => {
  root
    .command('flow')
    .description(
      'show how worktrees flow through the zones: how many are where, how many come and leave, how long they stay',
    )
    .addOption(new Option('--bucket <bucket>', 'how long buckets are').choices(BUCKETS).default('day'))
    .option('--since <time>', "from then on: ISO 8601, or '4 weeks ago'", time)
    .option('--until <time>', 'up to then', time)
    .option('--time-zone <name>', 'whose clocks the buckets go by', 'UTC')
    .option('--csv', 'print the buckets as CSV')
    .addHelpText('after', EXAMPLES)
    .action(
      run(({ db, json, csv, bucket, since, until, timeZone }) => {
        oneForm({ csv, json });
        const { flow, names } = reading(db, (database) => ({
          flow: database.getFlow({ bucket, since, until, timeZone }),
          names: new Map(database.listZones().map(({ id, name }) => [id, name])),
        }));
        if (json) return printJson(flow);
        const zones = Object.keys(flow.timeInZoneMs);
        const head = zones.map((id) => names.get(id) ?? id);
        const rows = flow.buckets.map((of) => [of.start, ...zones.map((id) => of.zones[id]), of.arrived, of.left]);
        if (csv) return printCsv(['start', ...zones, 'arrived', 'left'], rows);
        print(table(['', ...head.map(printable), 'arrived', 'left'], rows));
        const times = zones.map((id, nth) => [`in ${printable(head[nth])}`, ...texts(flow.timeInZoneMs[id])]);
        print(
          table(
            ['how long', 'half', '85 %', '95 %'],
            [['from arrival to leaving', ...texts(flow.leadTimeMs)], ...times],
          ),
        );
      }),
    );
};

const texts = ({ p50, p85, p95 }) => [p50, p85, p95].map(durationText);
