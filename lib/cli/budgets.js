'use strict';

const { Argument, Option } = require('commander');
const { reading, writing } = require('./database.js');
const { colour, print, printJson, table } = require('./output.js');
const { amountOrNone, worktreeOf, zoneOf } = require('./run_options.js');
const { costText, scopeText } = require('./run_text.js');

const EXAMPLES = `
Amounts are in the currency in which costs are recorded, with at most six decimals.

Examples:
  visual-db budgets
  visual-db budgets set 20 --period day --time-zone Europe/Berlin
  visual-db budgets set 2.50 --period day --zone Testing
  visual-db budgets set none --period day --zone Testing`;

module.exports = (root, run) => {
  const budgets = root
    .command('budgets')
    .description('how much may be spent, and how much is: show (where nothing is said), set')
    .addHelpText('after', EXAMPLES);
  budgets
    .command('show', { isDefault: true })
    .description('show all budgets, with what is spent and left of each')
    .action(run(({ db, json }) => tell(reading(db, state), json)));
  budgets
    .command('set')
    .description('set how much may be spent on all runs, or on those of a zone, a worktree or an agent')
    .addArgument(new Argument('<amount>', "such as 20 or 2.50; 'none' lifts the budget").argParser(amountOrNone))
    .addOption(
      new Option('--period <period>', 'over what time').choices(['day', 'month', 'total']).makeOptionMandatory(),
    )
    .addOption(new Option('--zone <zone>', 'a zone, by its id or name').conflicts(['worktree', 'agent']))
    .addOption(new Option('--worktree <worktree>', 'a worktree, by its id or branch').conflicts('agent'))
    .option('--agent <agent>', 'an agent')
    .option('--time-zone <name>', 'where days and months begin at midnight (default: UTC)')
    .addHelpText('after', EXAMPLES)
    .action(
      run(({ db, json, zone, worktree, agent, period, timeZone }, amount) => {
        const changed = writing(db, (database) => {
          const zoneId = zoneOf(database, zone);
          database.setBudget(
            { zoneId, worktreeId: worktreeOf(database, worktree), agentType: agent, period, timeZone },
            amount,
          );
          return state(database);
        });
        tell(changed, json);
      }),
    );
};

/** All budgets, and the names of their scopes. */
function state(database) {
  const budgets = database.getBudgets();
  return { budgets, names: budgets.map(({ scope }) => scopeText(database, scope)) };
}

function tell({ budgets, names }, json) {
  if (json) return printJson(budgets);
  if (budgets.length === 0) return print('No budgets.');
  const rows = budgets.map(({ scope, limitMicros, spentMicros, remainingMicros, resetsAt }, index) => [
    names[index],
    scope.period === 'total' || scope.timeZone === 'UTC' ? scope.period : `${scope.period}, ${scope.timeZone}`,
    costText(limitMicros),
    costText(spentMicros),
    remainingMicros === 0 ? colour('red', 'used up') : costText(remainingMicros),
    resetsAt ?? '',
  ]);
  print(table(['of', 'period', 'limit', 'spent', 'left', 'resets'], rows));
}
