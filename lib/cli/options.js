'use strict';

// Options that several commands have.

const fs = require('node:fs');
const path = require('node:path');
const { InvalidArgumentError, Option } = require('commander');
const { Usage } = require('./outcome.js');

/** `--db` and `--json`, which stand before the command or after it. */
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

/** An empty one is a variable that somebody's script lacks: another database must not be taken instead. */
function databasePath(text) {
  if (text === '') throw new InvalidArgumentError('a path is wanted.');
  return text;
}

/** Where backups of a database are, unless `--folder` says otherwise: beside the file itself, where links lead. */
function folderOf({ db, folder }) {
  if (folder) return folder;
  let file = path.resolve(db);
  try {
    file = fs.realpathSync(file);
  } catch {}
  return path.join(path.dirname(file), 'backups');
}

/** A non-negative integer of the command line. */
function count(text) {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('a non-negative integer is wanted.');
  return Number(text);
}

/** `--keep-…`, and what they say: undefined where none is given. */
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
