'use strict';

// What the page has to know before it shows anything: whose board, and which views there are for it.

const path = require('node:path');
const { version } = require('../../package.json');

/** A view whose method the class doesn't have is not shown. */
const METHODS = { trends: 'getTrend', flow: 'getFlow', retention: 'prune' };

function infoOf({ db, write, actor }) {
  const views = Object.entries(METHODS).map(([view, method]) => [view, typeof db[method] === 'function']);
  const isFile = !db.db.memory;
  const search = isSearched(db);
  return {
    version,
    name: isFile ? path.basename(db.db.name) : 'in memory',
    write,
    actor,
    views: { ...Object.fromEntries(views), search, sql: isFile, doctor: isFile },
  };
}

/** Whether runs can be found by their words: that has to be turned on. */
function isSearched(db) {
  if (typeof db.searchRuns !== 'function') return false;
  try {
    db.searchRuns('studio', { limit: 1 });
    return true;
  } catch (error) {
    if (error.code === 'ERR_SEARCH_OFF') return false;
    throw error;
  }
}

module.exports = { infoOf };
