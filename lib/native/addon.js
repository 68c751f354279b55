'use strict';

const native = require('./binary.js');
const SqliteError = require('./sqlite_error.js');

/**
 * The addon's functions, and `memory`, which rows come in (see rows.js). What it throws is of the classes that it is given:
 * a realm (a test runner's, a `vm` context) has its own, and its number, `realm`, for functions that take no connection.
 */
const addon = { ...native, ...native.setup(SqliteError, TypeError, RangeError, Error, Array) };

// On the main thread nothing of the addon runs at process.exit, an uncaught throw or a handled signal: what is open is
// closed here, so that no WAL stays behind. Workers close theirs when their environment ends.
const CLOSES = Symbol.for('visual-db.closes');
const closeAll = Object.assign(() => addon.closeAll(addon.realm), { [CLOSES]: true });
const closeLast = () => process.off('exit', closeAll).on('exit', closeAll);
closeLast();
// Listeners run in the order in which they were added, and an application's own may still write: this one is the last,
// but for those of other copies of this package, which would do the same in turn.
process.on('newListener', (event, listener) => {
  if (event !== 'exit' || listener[CLOSES]) return;
  process.off('exit', closeAll);
  queueMicrotask(closeLast);
});

module.exports = addon;
