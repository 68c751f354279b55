'use strict';

const VisualDatabase = require('./visual_database.js');
const { Database } = require('./database.js');
const SqliteError = require('./sqlite_error.js');

Database.SqliteError = SqliteError;

module.exports = { VisualDatabase, Database, SqliteError, default: VisualDatabase };
Object.defineProperty(module.exports, '__esModule', { value: true });
