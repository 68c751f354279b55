'use strict';

const { withDatabase } = require('./database.js');
const { many, print, printJson, size } = require('./output.js');
const { policyOf, policyText, withPolicy } = require('./policy_options.js');

/** How long one slice takes, in milliseconds; between two slices others get their turn. */
const SLICE = 50;

module.exports = (root, run) => {
  const prune = root
    .command('prune')
    .description('remove what is not to be kept: prompts, results and output first, then runs; totals and trends stay')
    .option('--dry-run', 'only say what would be removed')
    .addHelpText('after', '\nWithout options: what the file says (visual-db retention).');
  withPolicy(prune).action(
    run(async (options) => {
      const { db, json, dryRun } = options;
      const done = await withDatabase(db, { retention: false }, (database) => {
        const given = policyOf(options);
        const policy = Object.keys(given).length > 0 ? given : (database.getRetention() ?? {});
        const { every, ...kept } = policy;
        if (!json) print(policyText(kept) === '' ? 'Nothing says what is to be kept.' : `Kept: ${policyText(kept)}`);
        return dryRun ? database.prune({ ...kept, dryRun: true }) : all(database, kept);
      });
      if (json) return printJson({ ...done, dryRun: Boolean(dryRun) });
      const [would, file] = dryRun ? ['would be ', ''] : ['', `, the file is ${size(done.diskBytes)} smaller`];
      print(
        `${many(done.runs, 'run')} ${would}removed, ${many(done.bodies, 'more')} ${would}emptied: ${size(done.bytes)}${file}`.replace(
          'mores',
          'more',
        ),
      );
    }),
  );
};

async function all(database, policy) {
  const done = { runs: 0, bodies: 0, bytes: 0, diskBytes: 0, more: false };
  for (;;) {
    const slice = database.prune({ ...policy, budgetMs: SLICE });
    for (const key of ['runs', 'bodies', 'bytes', 'diskBytes']) done[key] += slice[key];
    if (!slice.more) return done;
    await new Promise((resolve) => setTimeout(resolve, SLICE / 5));
  }
}
