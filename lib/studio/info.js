'use strict';

// What the page has to know before it shows anything: whose board, and which views it has none of.

const { version } = require('../../package.json');

function infoOf({ db, write, actor }, { name, file, server }) {
  return {
    version,
    name,
    engine: server === null ? 'sqlite' : 'postgresql',
    write,
    actor,
    views: {
      search: isSearched(db),
      sql: file !== null || server !== null,
      doctor: file !== null || server !== null,
      backups: file !== null,
    },
  };
}

/** Whether runs can be found by their words: that has to be turned on. */
function isSearched(db) {
  try {
    db.searchRuns('studio', { limit: 1 });
    return true;
  } catch (error) {
    // A file that is kept at an older version has none to turn on.
    if (['ERR_SEARCH_OFF', 'ERR_SCHEMA_OLDER'].includes(error.code)) return false;
    throw error;
  }
}

module.exports = { infoOf };
