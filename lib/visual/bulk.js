'use strict';

// Calls that take many rows as one: all or nothing. The error says which row was refused.

const rows = require('../native/rows.js');
const { within, BEGIN_IMMEDIATE } = require('../native/transaction.js');
const { ElementName, each } = require('./arguments.js');

/**
 * The values of the elements of a list, one element's behind the other's, in batches of so many elements: `read` gives those
 * of one, which errors call `name`.
 */
function valuesOf(method, list, elements, batch, read) {
  const name = new ElementName(list);
  const batches = [[]];
  let values = batches[0];
  each(method, list, elements, (element, index) => {
    name.index = index;
    if (index > 0 && index % batch === 0) batches.push((values = []));
    const row = read(element, name);
    for (let at = 0; at < row.length; at += 1) values.push(row[at]);
  });
  return batches;
}

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

module.exports = { allOrNothing, each, valuesOf };
