'use strict';

// Helpers of both exports and imports.

const { describe } = require('../visual/arguments.js');
const { wrongType } = require('../visual/errors.js');
const { ofThisRealm } = require('../native/realm.js');
const { stateOf } = require('../visual/state.js');
const { fileOf: pathOf } = require('../backup/backups.js');

/** The caller's `onProgress`, checked; what it throws ends the work. */
function progressOf(method, onProgress) {
  if (onProgress === undefined || onProgress === null) return () => {};
  if (typeof onProgress !== 'function') {
    const message = `${method}: onProgress must be a function, got ${describe(onProgress)}`;
    throw wrongType(method, 'onProgress', onProgress, message);
  }
  return (step) => onProgress(ofThisRealm(step));
}

/** The file for the addon's thread to open; none for a board in memory or on a server, which that thread opens by its URL. */
const fileOf = (database, method) => (stateOf(database, method).server ? undefined : pathOf(database, method));

module.exports = { fileOf, progressOf };
