'use strict';

const { Found } = require('./outcome.js');
const { folderOf } = require('./options.js');
const { colour, countsText, print, printJson, size } = require('./output.js');

module.exports = (root, run) => {
  root
    .command('verify')
    .description('check backups completely: size, checksum, pages, foreign keys, schema, row counts')
    .argument('[backup...]', 'the files to check (default: all backups in the folder)')
    .option('--folder <folder>', 'the folder of the backups (default: "backups" beside the database)')
    .action(
      run((options, paths) => {
        const { listBackups } = require('../entry/parts').backups;
        const all = paths.length > 0 ? paths : listBackups(folderOf(options)).map((backup) => backup.path);
        const checked = all.map(check);
        if (options.json) printJson(checked);
        else if (checked.length === 0) print(`No backups in ${folderOf(options)}`);
        else for (const result of checked) print(line(result));
        if (checked.some((result) => !result.ok)) throw new Found('a backup is bad');
      }),
    );
};

function check(path) {
  const { verifyBackup } = require('../entry/parts').backups;
  try {
    return { ok: true, ...verifyBackup(path) };
  } catch (error) {
    return { ok: false, path, code: error.code ?? null, problem: error.message };
  }
}

function line({ ok, path, problem, counts, bytes, hasManifest }) {
  if (!ok) return `${colour('red', 'bad ')}  ${problem}`;
  const unchecked = hasManifest ? '' : '; no manifest, so its checksum could not be compared';
  return `${colour('green', 'good')}  ${path}: ${countsText(counts)}, ${size(bytes)}${unchecked}`;
}
