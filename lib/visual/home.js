'use strict';

// Where an open board is, for code around the class: a board in memory has no file, and one on a server has neither a file nor `db.db`.

const path = require('node:path');
const addon = require('../native/addon.js');
const { stateOf } = require('./state.js');

const METHOD = 'createStudioHandler';

/**
 * `{ name, file, server }`: the board's name; the path of its file, or `null`; `{ url, schema }` of its server, or `null`. The URL has the
 * password; the name has only the database of the URL.
 */
function homeOf(database) {
  const { server, name } = stateOf(database, METHOD);
  if (server !== null) return { name: databaseOf(name), file: null, server };
  const file = database.db.memory ? null : database.db.name;
  return { name: file === null ? 'in memory' : path.basename(file), file, server };
}

/**
 * Runs a person's own statement on a server, read-only: `{ columns, rows, truncated, plan, durationMs }`, at most `most` rows. The server
 * ends a statement that takes longer than `limitMs`.
 */
const lookAt = ({ url, schema }, sql, { most, limitMs }) =>
  addon.lookAtServer(addon.realm, url, schema, sql, most, limitMs);

/** The last part of a URL's path. */
const databaseOf = (url) => /([^/?]*)(\?.*)?$/.exec(url)[1];

const isOpen = (database) => addon.isOpen(stateOf(database, METHOD).connection);

module.exports = { homeOf, isOpen, lookAt };
