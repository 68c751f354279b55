'use strict';

const path = require('node:path');
const { folderOf } = require('./options.js');
const { colour, countsText, print, printJson, size, table } = require('./output.js');

module.exports = (root, run) => {
  root
    .command('backups')
    .description('list the backups, newest first')
    .option('--folder <folder>', 'the folder of the backups (default: "backups" beside the database)')
    .action(
      run((options) => {
        const { listBackups } = require('../entry/parts').backups;
        const folder = folderOf(options);
        const listed = listBackups(folder);
        if (options.json) return printJson(listed);
        if (listed.length === 0) return print(`No backups in ${folder}`);
        print(`${folder}\n${table(['backup', 'made', 'kind', 'size', 'content'], listed.map(row))}`);
      }),
    );
};

function row(backup) {
  const name = path.basename(backup.path);
  if (backup.problem) return [name, '', '', '', colour('red', backup.problem)];
  const kind = backup.hasManifest ? backup.kind : `${backup.kind}, no manifest`;
  const content = `${countsText(backup.counts)}; schema ${backup.schemaVersion}`;
  return [name, backup.createdAt, kind, size(backup.bytes), content];
}
