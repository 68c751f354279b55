'use strict';

// Without an extension, on purpose: Node takes the file parts.js, which a packed package has, before the folder parts/.
const parts = require('./entry/parts');

const { VisualDatabase, AsyncVisualDatabase, Database, SqliteError } = parts;

/** Studio is loaded at the first call. */
const createStudioHandler = (db, options) => require('./studio').createStudioHandler(db, options);

const traceCalls = (options) => parts.traceCalls(options);

module.exports = {
  VisualDatabase,
  AsyncVisualDatabase,
  Database,
  SqliteError,
  createStudioHandler,
  traceCalls,
  default: VisualDatabase,
};
Object.defineProperty(module.exports, '__esModule', { value: true });
