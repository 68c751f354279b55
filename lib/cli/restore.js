'use strict';

const { confirm } = require('./ask.js');
const { Usage } = require('./outcome.js');
const { folderOf } = require('./options.js');
const { countsText, print, printJson, progressBar } = require('./output.js');

module.exports = (root, run) => {
  root
    .command('restore')
    .description('replace the content of the database by that of a backup, keeping a safety copy')
    .argument('<backup>', 'the backup, or "latest"')
    .option('--folder <folder>', 'where to look for the latest (default: "backups" beside the database)')
    .option('--yes', 'do not ask')
    .action(
      run(async (options, backup) => {
        const { restore, verifyBackup } = require('../entry/parts').backups;
        const path = backup === 'latest' ? latest(folderOf(options)) : backup;
        const { createdAt, counts } = verifyBackup(path);
        await confirm(
          `Replace the content of ${options.db} by ${path} (${createdAt}: ${countsText(counts)})?`,
          options,
        );
        const bar = progressBar(options);
        let restored;
        try {
          restored = restore(path, { dbPath: options.db, progress: bar.progress });
        } finally {
          bar.stop();
        }
        if (options.json) return printJson(restored);
        print(`${restored.path} now holds ${countsText(restored.counts)}, schema version ${restored.schemaVersion}`);
        if (restored.safety) print(`What was there before: ${restored.safety}`);
      }),
    );
};

/** The newest routine backup: 'latest' doesn't mean a copy that a restore or a migration put aside. */
function latest(folder) {
  const { listBackups } = require('../entry/parts').backups;
  const found = listBackups(folder).find(({ kind }) => kind === 'backup');
  if (!found) throw new Usage(`there is no backup in ${folder}`);
  return found.path;
}
