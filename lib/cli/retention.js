'use strict';

const { withDatabase } = require('./database.js');
const { Usage } = require('./outcome.js');
const { print, printJson } = require('./output.js');
const { policyOf, policyText, withPolicy } = require('./policy_options.js');

module.exports = (root, run) => {
  const retention = root
    .command('retention')
    .description('what is kept, by every process that has the database open: show (where nothing is said), set, off')
    .addHelpText('after', '\nExample: visual-db retention set --bodies 30d --output 7d --runs 1y --changes 7d');
  retention
    .command('show', { isDefault: true })
    .description('show what the file says')
    .action(
      run(({ db, json }) =>
        tell(
          withDatabase(db, { readonly: true }, (database) => database.getRetention()),
          json,
        ),
      ),
    );
  withPolicy(
    retention
      .command('set')
      .description('say in the file what is kept; what is not said is kept for good')
      .option('--every <time>', 'how often the rest is removed (default: 1h)'),
  ).action(
    run((options) => {
      const policy = policyOf(options);
      if (Object.keys(policy).length === 0)
        throw new Usage('say what is kept, such as --bodies 30d; visual-db retention off keeps all');
      tell(set(options.db, { ...policy, every: options.every }), options.json);
    }),
  );
  retention
    .command('off')
    .description('keep everything')
    .action(run(({ db, json }) => tell(set(db, null), json)));
};

function set(db, policy) {
  return withDatabase(db, { retention: false }, (database) => {
    database.setRetention(policy);
    return database.getRetention();
  });
}

function tell(policy, json) {
  if (json) return printJson(policy);
  if (policy === null) return print('Everything is kept. visual-db retention set --bodies 30d --runs 1y');
  print(`Kept: ${policyText(policy)}. Looked at every ${policy.every}.`);
}
