'use strict';

const { Database, SqliteError } = require('@ai-orchestra/visual-db');

module.exports = Database;
// Said once more for importers from ESM: only names that are assigned here are named exports there.
module.exports.SqliteError = SqliteError;
