'use strict';

const fs = require('node:fs');
const { isServer, placeOf } = require('./server.js');

/** Opens the database for `use`, and closes it once that has returned, or its promise has settled. */
function withDatabase(db, settings, use) {
  if (!isServer(db) && !fs.existsSync(db))
    throw new Error(`${db}: there is no such database; say where it is by --db or VISUAL_DB_PATH`);
  const { VisualDatabase } = require('../index.js');
  const database = new VisualDatabase({ ...placeOf(db), fileMustExist: true, ...settings });
  let used;
  try {
    used = use(database);
  } catch (error) {
    database.close();
    throw error;
  }
  if (typeof used?.then === 'function') return used.finally(() => database.close());
  database.close();
  return used;
}

/** What `look` finds in the database, in one snapshot; the file is opened read-only. */
function reading(db, look) {
  return withDatabase(db, { readonly: true }, (database) => database.transaction(() => look(database)));
}

/** What `change` returns; its changes are made all or nothing. The file is opened as an orchestrator opens it. */
function writing(db, change) {
  return withDatabase(db, {}, (database) => database.transaction(() => change(database)));
}

module.exports = { withDatabase, reading, writing };
