'use strict';

// The only way for the entries and the command line to the rest of lib/: in a packed package all that is reached from here is one file,
// `lib/entry/parts.js`, and requiring a module past it would load a second copy.

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
  /** Loaded at the first call. */
  traceCalls(options) {
    return require('../../telemetry/index.js').traceCalls(options);
  },
  AsyncVisualDatabase,
  /** Runs a thread of AsyncVisualDatabase. */
  serve() {
    require('../../async/serve.js').serveAll();
  },
  get backups() {
    return require('../../backup/backups.js');
  },
  get schema() {
    return require('../../schema/versions.js');
  },
  /** A generator of the runs whose lease ran out at least `graceMs` ago, each with its token. */
  outOfLease(database, graceMs) {
    const { stateOf } = require('../../visual/state.js');
    return require('../../visual/workers.js').outOfLease(stateOf(database, 'doctor'), graceMs);
  },
  /** `count` gives a number that changes with every commit to a database, whoever makes it; `next` a promise of the next commit. */
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
  /** Compacts the log of changes, and gives how many rows were removed. */
  compactLog(database) {
    return require('../../visual/compact.js').compactLog(database);
  },
  /** Where a board is, whether it is open, and SQL on a server's. */
  get home() {
    return require('../../visual/home.js');
  },
  /** `check` and `copy`, from one board into another. */
  get copying() {
    return require('../../transfer/copy.js');
  },
  get phase9() {
    return require('../../schema/phase9.js');
  },
};
