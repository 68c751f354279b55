'use strict';

const addon = require('./addon.js');
const rows = require('./rows.js');

// Objects from the packed rows that a call returned. `entity` is `{ width, make }`: how many cells a row has, and a function that makes
// the object of the cells from an index on, reading them in their order.

/** The object of the one row that a call returned, `null` where it returned none. */
function one(entity, text) {
  if (text === undefined) return null;
  rows.open(text, entity.width);
  try {
    return entity.make(0);
  } finally {
    rows.close();
  }
}

/** The objects of all rows of a list, of which a call returned the first batch. */
function list(entity, text, connection) {
  const objects = [];
  const { width, make } = entity;
  while (text !== undefined) {
    const count = rows.count();
    const more = rows.more();
    rows.open(text, width);
    try {
      for (let row = 0, at = 0; row < count; row += 1, at += width) objects.push(make(at));
    } catch (error) {
      addon.abandon(connection);
      throw error;
    } finally {
      rows.close();
    }
    text = more ? addon.more(connection) : undefined;
  }
  return objects;
}

module.exports = { one, list };
