'use strict';

const { writing } = require('./database.js');
const { print, printJson } = require('./output.js');
const { duration, integer, textOf, worktreeOf, zoneOf } = require('./run_options.js');

const EXAMPLES = `
It prints the id of the new run. What no option says is as it was.

Examples:
  visual-db retry exec-1764177889000-2k9x
  visual-db retry exec-1764177889000-2k9x --agent backend --max-attempts 3
  visual-db retry exec-1764177889000-2k9x --prompt - < better-prompt.md`;

module.exports = (root, run) => {
  root
    .command('retry')
    .description('want the same as a run that has ended once more')
    .argument('<run>', 'its id')
    .option('--prompt <text>', 'what the agent is told instead; - is what stands on standard input')
    .option('--zone <zone>', 'another zone, by its id or name')
    .option('--worktree <worktree>', 'another worktree, by its id or branch')
    .option('--agent <agent>', 'another agent')
    .option('--priority <number>', 'another priority', integer)
    .option('--max-attempts <count>', 'how many attempts it has', integer)
    .option('--timeout <duration>', 'how long an attempt may take, such as 30m', duration)
    .option('--not-before <time>', 'it is not claimed before, as ISO 8601')
    .option('--key <key>', 'the same key queues no other run until this one has ended')
    .addHelpText('after', EXAMPLES)
    .action(
      run(async (options, id) => {
        const prompt = options.prompt === undefined ? undefined : await textOf(options.prompt);
        const made = writing(options.db, (database) =>
          database.retryRun(id, {
            zoneId: zoneOf(database, options.zone),
            worktreeId: worktreeOf(database, options.worktree),
            agentType: options.agent,
            prompt,
            priority: options.priority,
            maxAttempts: options.maxAttempts,
            timeoutMs: options.timeout,
            availableAt: options.notBefore,
            idempotencyKey: options.key,
          }),
        );
        if (options.json) printJson(made);
        else print(made.id);
      }),
    );
};
