'use strict';

require('./native/bundled.js');

const VisualDatabase = require('./visual/visual_database.js');
const { Database } = require('./raw/database.js');
const SqliteError = require('./native/sqlite_error.js');

Database.SqliteError = SqliteError;

module.exports = { VisualDatabase, Database, SqliteError, default: VisualDatabase };
Object.defineProperty(module.exports, '__esModule', { value: true });
