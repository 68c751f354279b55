'use strict';

// What the entries and the command line take of the package, and the only way to it: in a packed package all that is reached
// from here is one file, `lib/entry/parts.js`, and whoever went past it would load a second copy of what there is once.

require('../../native/bundled.js');

const VisualDatabase = require('../../visual/visual_database.js');
const { Database } = require('../../raw/database.js');
const { AsyncVisualDatabase } = require('../../async/async_visual_database.js');
const SqliteError = require('../../native/sqlite_error.js');

Database.SqliteError = SqliteError;

module.exports = {
  VisualDatabase,
  Database,
  SqliteError,
  /** Who never calls it loads nothing of it. */
  traceCalls(options) {
    return require('../../telemetry/index.js').traceCalls(options);
  },
  AsyncVisualDatabase,
  /** What a thread of AsyncVisualDatabase does. */
  serve() {
    require('../../async/serve.js').serveAll();
  },
  get backups() {
    return require('../../backup/backups.js');
  },
  get schema() {
    return require('../../schema/versions.js');
  },
  /** Runs of a database whose lease ran out so long ago, with the token of each: a generator. */
  outOfLease(database, graceMs) {
    const { stateOf } = require('../../visual/state.js');
    return require('../../visual/workers.js').outOfLease(stateOf(database, 'doctor'), graceMs);
  },
  /** A number that changes whenever anybody commits to a database's file, and a promise of the next commit. */
  commitsOf(database) {
    const { commits, waitForCommit } = require('../../visual/commits.js');
    const { connection } = require('../../visual/state.js').stateOf(database, 'follow');
    return {
      count: () => commits(connection, 'follow'),
      next: (options) => waitForCommit(connection, 'follow', options),
    };
  },
  /** What is wrong with the search's index: `{ unfinished, wrong }`; `null` where the search is off. */
  checkSearch(database) {
    return require('../../visual/search.js').checkIndex(database);
  },
  /** Makes the log of changes smaller: how many rows went. */
  compactLog(database) {
    return require('../../visual/compact.js').compactLog(database);
  },
  /** Where a board is, whether it is open, and SQL on one that is on a server. */
  get home() {
    return require('../../visual/home.js');
  },
  /** A board into another one: `check` and `copy`. */
  get copying() {
    return require('../../transfer/copy.js');
  },
  get phase9() {
    return require('../../schema/phase9.js');
  },
};
