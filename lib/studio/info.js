'use strict';

// What the page has to know before it shows anything: whose board, and which views it has none of.

const path = require('node:path');
const { version } = require('../../package.json');

function infoOf({ db, write, actor }) {
  const isFile = !db.db.memory;
  return {
    version,
    name: isFile ? path.basename(db.db.name) : 'in memory',
    write,
    actor,
    views: { search: isSearched(db), sql: isFile, doctor: isFile },
  };
}

/** Whether runs can be found by their words: that has to be turned on. */
function isSearched(db) {
  try {
    db.searchRuns('studio', { limit: 1 });
    return true;
  } catch (error) {
    // A file that is kept at an older version has none to turn on.
    if (error.code === 'ERR_SEARCH_OFF' || error.code === 'ERR_SCHEMA_OLDER') return false;
    throw error;
  }
}

module.exports = { infoOf };
