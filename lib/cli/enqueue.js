'use strict';

const { writing } = require('./database.js');
const { print, printJson } = require('./output.js');
const { duration, integer, jsonObject, textOf, worktreeOf, zoneOf } = require('./run_options.js');

const EXAMPLES = `
It prints the id of the run. Where a run that has not ended has the same --key, it is that one's, and nothing is queued.

Examples:
  visual-db enqueue --zone Testing --worktree feature/login --agent qa 'Run the tests and mend what fails'
  visual-db enqueue --zone Testing --worktree wt-1 --agent qa --max-attempts 3 --timeout 30m - < prompt.md
  visual-db show "$(visual-db enqueue --zone Testing --worktree wt-1 --agent qa 'Test it')" --follow`;

module.exports = (root, run) => {
  root
    .command('enqueue')
    .description('queue a run, for a worker to claim')
    .argument('<prompt>', 'what the agent is told; - is what stands on standard input')
    .requiredOption('--zone <zone>', 'the zone, by its id or name')
    .requiredOption('--worktree <worktree>', 'the worktree, by its id or branch')
    .requiredOption('--agent <agent>', 'the agent')
    .option('--priority <number>', 'the higher one is claimed first (default: 0)', integer)
    .option('--max-attempts <count>', 'how many attempts it has, 1 to 1,000 (default: 1)', integer)
    .option(
      '--timeout <duration>',
      'how long an attempt may take, such as 30m (default: as long as it takes)',
      duration,
    )
    .option('--not-before <time>', 'it is not claimed before, as ISO 8601')
    .option('--key <key>', 'the same key queues no other run until this one has ended')
    .option('--parent <run>', 'the run that it is a part of')
    .option('--metadata <json>', 'what is kept with it', jsonObject)
    .addHelpText('after', EXAMPLES)
    .action(
      run(async (options, argument) => {
        const prompt = await textOf(argument);
        const made = writing(options.db, (database) =>
          database.enqueueRun({
            zoneId: zoneOf(database, options.zone),
            worktreeId: worktreeOf(database, options.worktree),
            agentType: options.agent,
            prompt,
            priority: options.priority,
            maxAttempts: options.maxAttempts,
            timeoutMs: options.timeout,
            availableAt: options.notBefore,
            idempotencyKey: options.key,
            parentRunId: options.parent,
            metadata: options.metadata,
          }),
        );
        if (options.json) printJson(made);
        else print(made.id);
      }),
    );
};
