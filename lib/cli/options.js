'use strict';

// Options that several commands have.

const fs = require('node:fs');
const path = require('node:path');
const { InvalidArgumentError, Option } = require('commander');
const { Usage } = require('./outcome.js');

/** Adds `--db` and `--json`, which may stand before the command or after it. */
function withGlobals(root) {
  return root
    .addOption(
      new Option('--db <path>', 'the database, a file or postgres://…; without it what VISUAL_DB_PATH says')
        .argParser(databasePath)
        .default(process.env.VISUAL_DB_PATH || 'data/visual.db'),
    )
    .option('--json', 'print JSON')
    .configureHelp({ showGlobalOptions: true });
}

/** Refuses an empty path: a script's variable is not set then, and another database must not be taken instead. */
function databasePath(text) {
  if (text === '') throw new InvalidArgumentError('a path is wanted.');
  return text;
}

/** Where backups of a database are, unless `--folder` says otherwise: beside the file that symbolic links lead to. */
function folderOf({ db, folder }) {
  if (folder) return folder;
  let file = path.resolve(db);
  try {
    file = fs.realpathSync(file);
  } catch {}
  return path.join(path.dirname(file), 'backups');
}

/** Parses a non-negative integer. */
function count(text) {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('a non-negative integer is wanted.');
  return Number(text);
}

/** Adds the options `--keep-…`. */
function withKeep(target) {
  for (const period of ['hourly', 'daily', 'weekly', 'monthly']) {
    target.option(`--keep-${period} <count>`, `how many ${period} backups to keep`, count);
  }
  return target;
}

function keepOf({ keepHourly: hourly, keepDaily: daily, keepWeekly: weekly, keepMonthly: monthly }) {
  const given = Object.entries({ hourly, daily, weekly, monthly }).filter(([, value]) => value !== undefined);
  if (given.length > 0 && given.every(([, value]) => value === 0)) {
    throw new Usage('the --keep-… options must keep something: at least one of them above 0');
  }
  return given.length > 0 ? Object.fromEntries(given) : undefined;
}

module.exports = { withGlobals, folderOf, withKeep, keepOf };
