'use strict';

// Compacting the log of changes.

const addon = require('../native/addon.js');
const { stateOf } = require('./state.js');

/** Compacts the log in slices, between which others get their turn, and gives how many rows were removed. */
function compactLog(database) {
  const { connection } = stateOf(database, 'vacuum');
  let gone = 0;
  for (let after = 0; ;) {
    const slice = addon.compactLog(connection, after);
    if (slice === null) return gone;
    const [looked, fewer] = slice.split(' ').map(Number);
    after = looked;
    gone += fewer;
  }
}

module.exports = { compactLog };
