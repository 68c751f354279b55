'use strict';

const { folderOf, keepOf, withKeep } = require('./options.js');
const { countsText, many, print, printJson, progressBar, size } = require('./output.js');

module.exports = (root, run) => {
  const backup = root
    .command('backup')
    .description('make a verified backup; others go on working with the database')
    .argument('[path]', 'the file to make (default: named by the time, in the folder)')
    .option('--folder <folder>', 'the folder for backups (default: "backups" beside the database)')
    .option('--prune', 'afterwards remove the backups that the --keep-… options do not keep');
  withKeep(backup).action(
    run(async (options, path) => {
      const { json, db, prune } = options;
      const { createBackup, pruneBackups } = require('../entry/parts').backups;
      const bar = progressBar(options);
      const made = await createBackup(db, { path, folder: options.folder, progress: bar.progress }).finally(bar.stop);
      const removed = prune ? pruneBackups(folderOf(options), { dbPath: db, keep: keepOf(options) }).removed : [];
      if (json) return printJson({ ...made, removed });
      print(`${made.path}\n${countsText(made.counts)}, ${size(made.bytes)}, SHA-256 ${made.sha256}`);
      if (removed.length > 0) print(`${many(removed.length, 'older backup')} removed`);
    }),
  );
};
