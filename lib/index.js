'use strict';

// No ending, on purpose: Node takes the file parts.js, which a packed package has, before the folder parts/.
const { VisualDatabase, Database, SqliteError } = require('./entry/parts');

module.exports = { VisualDatabase, Database, SqliteError, default: VisualDatabase };
Object.defineProperty(module.exports, '__esModule', { value: true });
