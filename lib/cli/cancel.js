'use strict';

const { writing } = require('./database.js');
const { print, printJson } = require('./output.js');

const EXAMPLES = `
Of several runs all are cancelled or, where one can't be, none.

Examples:
  visual-db cancel exec-1764177889000-2k9x --reason 'The issue was closed'
  visual-db runs --zone Testing --status queued --json | jq -r '.items[].id' | xargs visual-db cancel`;

module.exports = (root, run) => {
  root
    .command('cancel')
    .description('cancel runs: queued and waiting ones end now, running ones are told at their next heartbeat')
    .argument('<run...>', 'their ids')
    .option('--reason <text>', 'why, for people')
    .addHelpText('after', EXAMPLES)
    .action(
      run(({ db, json, reason }, ids) => {
        const cancelled = writing(db, (database) => ids.map((id) => database.cancelRun(id, { reason })));
        if (json) return printJson(cancelled);
        for (const { id, status } of cancelled) {
          print(status === 'cancelled' ? `${id} is cancelled` : `${id} is at work: its worker is told to stop`);
        }
      }),
    );
};
