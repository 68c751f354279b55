'use strict';

const fs = require('node:fs');
const { INSIDE, LAST, OUTSIDE, problem } = require('./checks.js');
const { ROOM } = require('./room_checks.js');
const { RUNS } = require('./run_checks.js');
const { SCHEMA } = require('./schema_checks.js');
const { SEARCH } = require('./search_checks.js');
const { withDatabase } = require('./database.js');
const { DURABILITY, settingsOf } = require('./durability_checks.js');
const { SERVER } = require('./server_checks.js');
const { isServer } = require('./server.js');
const { Found } = require('./outcome.js');
const { colour, print, printJson } = require('./output.js');

const COLOURS = { ok: 'green', note: 'yellow', problem: 'red' };

module.exports = (root, run) => {
  root
    .command('doctor')
    .description('look for everything that can be wrong with a database, and say what to do about it')
    .option('--fix', 'rebuild the maintained counts where they are wrong')
    .action(
      run((options) => {
        const found = examine(options);
        if (options.json) printJson(found);
        else for (const result of found) print(line(result));
        if (found.some(({ state }) => state === 'problem')) throw new Found('there are problems');
      }),
    );
};

function examine({ db, fix }) {
  if (isServer(db)) return examineServer(db);
  if (!fs.existsSync(db))
    return [{ check: 'file', ...problem(`${db} does not exist`, 'say where it is by --db or VISUAL_DB_PATH') }];
  const file = fs.realpathSync(db);
  const outside = perform(OUTSIDE, { file });
  const { Database } = require('../index.js');
  let database;
  try {
    database = new Database(file, { readonly: true, fileMustExist: true });
    database.pragma('schema_version');
  } catch (error) {
    database?.close();
    const unopened = problem(
      error.message,
      'npx --no -- visual-db restore latest: it moves the file aside with its log',
    );
    return [...outside, { check: 'opening', ...unopened }];
  }
  try {
    return [
      ...outside,
      ...perform(INSIDE, { file, database }),
      ...perform(SCHEMA, { file, fix }),
      ...perform(RUNS, { file }),
      ...perform(ROOM, { file, database }),
      ...perform(SEARCH, { file }),
      ...perform(LAST, { file }),
    ];
  } finally {
    database.close();
  }
}

function examineServer(db) {
  try {
    return withDatabase(db, { readonly: true }, (database) => [
      ...perform(SERVER, { database }),
      ...examineSettings(db),
    ]);
  } catch (error) {
    return [{ check: 'opening', ...problem(error.message) }];
  }
}

function examineSettings(url) {
  let settings;
  try {
    settings = settingsOf(url);
  } catch (error) {
    return [{ check: 'settings', ...problem(error.message) }];
  }
  return perform(DURABILITY, { url, settings });
}

function perform(checks, subject) {
  return Object.entries(checks).map(([check, look]) => {
    try {
      return Object.assign({ check }, look(subject));
    } catch (error) {
      return Object.assign({ check }, problem(error.message));
    }
  });
}

function line({ check, state, finding, advice }) {
  return `${colour(COLOURS[state], state.padEnd(8))} ${check}: ${finding}${advice ? `\n         -> ${advice}` : ''}`;
}
