'use strict';

// Calls that take many rows as one: all or nothing. The error says which row was refused.

const addon = require('../native/addon.js');
const rows = require('../native/rows.js');
const { within, BEGIN_IMMEDIATE } = require('../native/transaction.js');
const { ElementName, each } = require('./arguments.js');

/** How many elements a call of the addon gets: their values are its arguments, which have to fit the stack. */
const BATCH = 100;

/**
 * The values of the elements of a list, one element after the other, in batches: `read` gives the values of one element, which
 * errors call `name`.
 */
function valuesOf(method, list, elements, read) {
  const name = new ElementName(list);
  const batches = [[]];
  let values = batches[0];
  each(method, list, elements, (element, index) => {
    name.index = index;
    if (index > 0 && index % BATCH === 0) batches.push((values = []));
    const row = read(element, name);
    values.push(...row);
    // The addon will refuse a missing id, so the rest is not read: the array may be just long (`new Array(1e9)`).
    return row.length > 1 || row[0] !== undefined;
  });
  return batches;
}

/** The name of a field in errors, for elements that are objects. */
const ofObject = (element, field) => `${element}.${field}`;

/**
 * Calls `body` with each batch and the one time of the call, all in one transaction. The addon knows only the element's index within
 * its batch, so its errors get the element's name here. `fieldOf` gives the name of a field in them.
 */
function allOrNothing({ connection, clock }, list, batches, body, fieldOf = ofObject) {
  return within(connection, BEGIN_IMMEDIATE, () => {
    const now = clock();
    let first = 0;
    try {
      for (const values of batches) {
        body(values, now);
        first += BATCH;
      }
    } catch (error) {
      error.index = first + rows.head[0];
      rename(error, messageOf(error, `${list}[${error.index}]`, fieldOf));
      throw error;
    }
  });
}

/** The results of all batches, none of which is written yet; `null` where one of them has been refused already. */
function gather(connection, batches, body) {
  try {
    return batches.flatMap(body);
  } catch {
    addon.forgetGathered(connection);
    return null;
  }
}

/** The time of a call that gathers statements; a clock that throws ends the gathering. */
function timeOf({ connection, clock }) {
  try {
    return clock();
  } catch (error) {
    addon.forgetGathered(connection);
    throw error;
  }
}

/**
 * As allOrNothing, for calls whose writes don't depend on reads: on a server they are one trip. `body` gives the results of a batch, and
 * this function those of all. What the server refuses is done again one by one, which tells the element.
 */
function gathered(state, list, batches, body, fieldOf) {
  const { connection } = state;
  let { clock } = state;
  if (addon.gather(connection)) {
    const now = timeOf(state);
    clock = () => now;
    const made = gather(connection, batches, (values) => body(values, now));
    if (made !== null && addon.sendGathered(connection)) return made;
  }
  const made = [];
  allOrNothing({ connection, clock }, list, batches, (...given) => made.push(...body(...given)), fieldOf);
  return made;
}

/** The message of a single call's error, for the bulk call: `createWorktrees: worktrees[3].port must be …`. */
function messageOf({ message, method, field }, element, fieldOf) {
  const single = `${method}: ${field} `;
  if (!message.startsWith(single)) return `${element}: ${message}`;
  return `${method}: ${fieldOf(element, field)} ${message.slice(single.length)}`;
}

/** Changes an error's message, also at the head of its stack, which the engine has written already. */
function rename(error, message) {
  const head = String(error);
  error.message = message;
  if (error.stack?.startsWith(head)) error.stack = String(error) + error.stack.slice(head.length);
}

module.exports = { allOrNothing, gathered, valuesOf };
