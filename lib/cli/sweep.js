'use strict';

const { withDatabase } = require('./database.js');
const { print, printJson } = require('./output.js');
const { duration } = require('./run_options.js');

const WORDS = { requeued: 'is queued again', lost: 'is lost: it had no attempt left', timedOut: 'took too long' };

const EXAMPLES = `
Every claim does so, too. It is for when no worker is there, or none is to start.

Examples:
  visual-db sweep
  visual-db sweep --grace 5m --json`;

module.exports = (root, run) => {
  root
    .command('sweep')
    .description('take runs away from workers that are gone, and end those that took too long')
    .option('--grace <duration>', 'only where the lease ran out so long ago (default: 0s)', duration)
    .addHelpText('after', EXAMPLES)
    .action(
      run(({ db, json, grace }) => {
        const swept = withDatabase(db, {}, (database) => database.sweepRuns({ graceMs: grace }));
        if (json) return printJson(swept);
        const told = Object.entries(WORDS).flatMap(([how, words]) => swept[how].map((id) => `${id} ${words}`));
        print(told.length === 0 ? 'Nothing to sweep.' : told.join('\n'));
      }),
    );
};
