'use strict';

const { ofThisRealm } = require('./realm.js');

/** The value of the addon's promise, converted by `made`. An error from the addon's thread gets the stack of the caller that waits. */
async function waitFor(promise, made = ofThisRealm) {
  try {
    return made(await promise);
  } catch (error) {
    Error.captureStackTrace?.(error, waitFor);
    throw error;
  }
}

module.exports = { waitFor };
