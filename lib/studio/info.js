'use strict';

// What the page has to know before it shows anything: whose board, and which views there are for it.

const path = require('node:path');
const { version } = require('../../package.json');

/** A view whose method the class doesn't have is not shown. */
const METHODS = { trends: 'getTrend', flow: 'getFlow', search: 'searchRuns', retention: 'prune' };

function infoOf({ db, write, actor }) {
  const views = Object.entries(METHODS).map(([view, method]) => [view, typeof db[method] === 'function']);
  const isFile = !db.db.memory;
  return {
    version,
    name: isFile ? path.basename(db.db.name) : 'in memory',
    write,
    actor,
    views: { ...Object.fromEntries(views), sql: isFile, doctor: isFile },
  };
}

module.exports = { infoOf };
