'use strict';

const native = require('./binary.js');
const SqliteError = require('./sqlite_error.js');

/**
 * The addon's functions, and `memory`, which rows come in (see rows.js). `setup` gets the classes of the errors to throw: a realm (a test
 * runner's, a `vm` context) has its own. `realm` is the realm's number, for functions that take no connection.
 */
const addon = { ...native, ...native.setup(SqliteError, TypeError, RangeError, Error, Array) };

// Node runs none of the addon's cleanup on the main thread at process.exit, an uncaught throw or a handled signal: open connections are
// closed here, so that no WAL stays behind. Workers close theirs when their environment ends.
const CLOSES = Symbol.for('visual-db.closes');
const closeAll = Object.assign(() => addon.closeAll(addon.realm), { [CLOSES]: true });
const closeLast = () => process.off('exit', closeAll).on('exit', closeAll);
closeLast();
// Listeners run in the order in which they were added, and an application's may still write: so this one is always moved to the end,
// but not behind those of other copies of this package, which would move theirs in turn.
process.on('newListener', (event, listener) => {
  if (event !== 'exit' || listener[CLOSES]) return;
  process.off('exit', closeAll);
  queueMicrotask(closeLast);
});

module.exports = addon;
