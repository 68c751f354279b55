'use strict';

const fs = require('node:fs');

/** What `look` finds in the database, in one consistent state of it; the file is opened to be read and closed again. */
function reading(db, look) {
  if (!fs.existsSync(db))
    throw new Error(`${db}: there is no such database; say where it is by --db or VISUAL_DB_PATH`);
  const { VisualDatabase } = require('../index.js');
  const database = new VisualDatabase({ dbPath: db, readonly: true, fileMustExist: true });
  try {
    return database.transaction(() => look(database));
  } finally {
    database.close();
  }
}

module.exports = { reading };
