'use strict';

const { ofThisRealm } = require('./realm.js');

/** The value that the addon's promise gives, as `made` makes it; an error is from another thread, and its stack that of who waits for it. */
async function waitFor(promise, made = ofThisRealm) {
  try {
    return made(await promise);
  } catch (error) {
    Error.captureStackTrace?.(error, waitFor);
    throw error;
  }
}

module.exports = { waitFor };
