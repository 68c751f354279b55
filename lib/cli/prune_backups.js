'use strict';

const { confirm } = require('./ask.js');
const { folderOf, keepOf, withKeep } = require('./options.js');
const { many, print, printJson } = require('./output.js');

module.exports = (root, run) => {
  const prune = root
    .command('prune-backups')
    .description('remove old backups, never the last good one')
    .option('--folder <folder>', 'the folder of the backups (default: "backups" beside the database)')
    .option('--dry-run', 'only say what would be removed')
    .option('--yes', 'do not ask')
    .addHelpText('after', '\nWithout --keep-… options: 24 hourly, 7 daily, 4 weekly, 12 monthly.');
  withKeep(prune).action(
    run(async (options) => {
      const { pruneBackups } = require('../entry/parts').backups;
      const folder = folderOf(options);
      const rule = { dbPath: options.db, keep: keepOf(options) };
      const planned = pruneBackups(folder, { ...rule, dryRun: true });
      const isNeeded = planned.removed.length > 0 && !options.dryRun;
      if (isNeeded) await confirm(`Remove ${many(planned.removed.length, 'backup')} from ${folder}?`, options);
      const pruned = isNeeded ? pruneBackups(folder, rule) : planned;
      if (options.json) return printJson({ ...pruned, dryRun: Boolean(options.dryRun) });
      for (const path of pruned.removed) print(`${options.dryRun ? 'would remove' : 'removed'} ${path}`);
      print(`${many(pruned.kept.length, 'backup')} kept`);
    }),
  );
};
