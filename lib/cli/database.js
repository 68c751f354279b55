'use strict';

const fs = require('node:fs');
const { isServer, placeOf } = require('./server.js');

/** Opens the database for what `use` does with it, and closes it again, also where that is a promise. */
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

/** What `look` finds in the database, in one consistent state of it; the file is opened to be read and closed again. */
function reading(db, look) {
  return withDatabase(db, { readonly: true }, (database) => database.transaction(() => look(database)));
}

/** What `change` makes of the database, all or nothing. The file is opened as an orchestrator opens it. */
function writing(db, change) {
  return withDatabase(db, {}, (database) => database.transaction(() => change(database)));
}

module.exports = { withDatabase, reading, writing };
