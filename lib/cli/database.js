'use strict';

/** What `look` finds in the database, in one consistent state of it; the file is opened to be read and closed again. */
function reading(db, look) {
  const { VisualDatabase } = require('../index.js');
  const database = new VisualDatabase({ dbPath: db, readonly: true, fileMustExist: true });
  try {
    return database.transaction(() => look(database));
  } finally {
    database.close();
  }
}

module.exports = { reading };
