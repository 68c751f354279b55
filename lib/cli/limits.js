'use strict';

const { Argument } = require('commander');
const { reading, writing } = require('./database.js');
const { colour, print, printJson, table } = require('./output.js');
const { countOrNone, zoneOf } = require('./run_options.js');
const { scopeText } = require('./run_text.js');

const EXAMPLES = `
Examples:
  visual-db limits
  visual-db limits set 8
  visual-db limits set 2 --zone Testing
  visual-db limits set 0 --agent deployer      # none is claimed until this is lifted
  visual-db limits set none --agent deployer`;

module.exports = (root, run) => {
  const limits = root
    .command('limits')
    .description('how many runs may be at work at once: show (where nothing is said), set')
    .addHelpText('after', EXAMPLES);
  limits
    .command('show', { isDefault: true })
    .description('show all limits, with how many runs are at work within each')
    .action(run(({ db, json }) => tell(reading(db, state), json)));
  limits
    .command('set')
    .description('set how many may be: of all, of a zone, of an agent, or of an agent in a zone')
    .addArgument(new Argument('<count>', "0 and more; 'none' lifts the limit").argParser(countOrNone))
    .option('--zone <zone>', 'a zone, by its id or name')
    .option('--agent <agent>', 'an agent')
    .addHelpText('after', EXAMPLES)
    .action(
      run(({ db, json, zone, agent }, count) => {
        const changed = writing(db, (database) => {
          database.setRunLimit({ zoneId: zoneOf(database, zone), agentType: agent }, count);
          return state(database);
        });
        tell(changed, json);
      }),
    );
};

/** All limits, and the names of their scopes. */
function state(database) {
  const limits = database.getRunLimits();
  return { limits, names: limits.map(({ scope }) => scopeText(database, scope)) };
}

function tell({ limits, names }, json) {
  if (json) return printJson(limits);
  if (limits.length === 0) return print('No limits.');
  const rows = limits.map(({ limit, running }, index) => [
    names[index],
    limit,
    running >= limit ? colour('yellow', String(running)) : running,
  ]);
  print(table(['of', 'limit', 'at work'], rows));
}
