'use strict';

// Calls that take many rows as one: all or nothing. The error says which row was refused.

const rows = require('../native/rows.js');
const { within, BEGIN_IMMEDIATE } = require('../native/transaction.js');
const { each } = require('./arguments.js');

/**
 * Runs `body` in a transaction. It tells the function that it gets which row is the first of each call of the addon, which
 * counts from there.
 */
function allOrNothing(connection, name, body) {
  return within(connection, BEGIN_IMMEDIATE, () => {
    let first = 0;
    try {
      return body((from) => {
        first = from;
      });
    } catch (error) {
      error.index = first + rows.head[0];
      error.message = `${name}[${error.index}]: ${error.message}`;
      throw error;
    }
  });
}

module.exports = { allOrNothing, each };
