'use strict';

const native = require('./native.js');
const SqliteError = require('./sqlite_error.js');

/** The addon's functions for this environment, and `memory`, which rows come in (see rows.js). */
const addon = native.setup(SqliteError);

// On the main thread nothing of the addon runs at process.exit, an uncaught throw or a handled signal: what is open
// is closed here, so that no write-ahead log stays behind. Workers close theirs when their environment ends.
process.on('exit', () => addon.closeAll());

module.exports = addon;
