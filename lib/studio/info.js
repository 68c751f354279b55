'use strict';

// What the page has to know before it shows anything: which board, and which views it lacks.

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

/** Whether the search is turned on. */
function isSearched(db) {
  try {
    db.searchRuns('studio', { limit: 1 });
    return true;
  } catch (error) {
    // A file that is kept at an older version can't have a search.
    if (['ERR_SEARCH_OFF', 'ERR_SCHEMA_OLDER'].includes(error.code)) return false;
    throw error;
  }
}

module.exports = { infoOf };
