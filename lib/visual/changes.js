'use strict';

// The feed: what anybody has changed, in the order in which it became visible, read from the log that triggers keep.

const addon = require('../native/addon.js');
const { list } = require('../native/objects.js');
const { describe, integer, options, texts } = require('./arguments.js');
const { inSnapshot } = require('./board.js');
const { ENTITIES, change } = require('./change_fields.js');
const { cursorOf, placeOf } = require('./cursors.js');
const { wrongValue } = require('./errors.js');
const knownKeys = require('./known_keys.js');
const { stateOf } = require('./state.js');

const LIMITS = [1, 1000];
const USUAL = 500;

/** All entities, a bit for each, as the addon takes them. */
const ALL = (1 << ENTITIES.length) - 1;

/** The method of VisualDatabase that reads the feed. */
const methods = {
  getChanges(given) {
    const { connection } = stateOf(this, 'getChanges');
    const { after, limit, entities } = options('getChanges', 'options', given, knownKeys.changes);
    const most = integer('getChanges', 'limit', limit, LIMITS, USUAL);
    const bits = bitsOf(entitiesOf('getChanges', entities, ENTITIES));
    const read = inSnapshot(connection, () => readChanges(connection, placeOf('getChanges', after), bits, most));
    if (read === null) return { items: [], next: null, gap: true };
    return { items: read.found.map((row) => row.change), next: cursorOf(read.place), gap: false };
  },
};

/**
 * At most `most` changes after a place, and the place after everything that was read; `null` where the log no longer has what came after
 * it. To be called in a snapshot.
 */
function readChanges(connection, after, bits, most) {
  const found = [];
  let place = after;
  for (;;) {
    const [seq, stamp] = place ?? [0, null];
    const rows = list(change, addon.listChanges(connection, seq, stamp, bits, most - found.length), connection);
    const end = rows.pop();
    if (end === undefined) return null;
    for (const row of rows) found.push(row);
    place = end.place;
    if (!end.isFull || found.length >= most) return { found, place };
  }
}

/** The names of the entities that are asked for; `undefined` for all. */
function entitiesOf(method, given, known) {
  const names = texts(method, 'entities', typeof given === 'string' ? [given] : given);
  const unknown = names?.find((name) => !known.includes(name));
  if (unknown === undefined) return names;
  const message = `${method}: entities must be of ${known.join(', ')}, got ${describe(unknown)}`;
  throw wrongValue(method, 'entities', unknown, message);
}

const bitsOf = (names) =>
  names === undefined ? ALL : names.reduce((bits, name) => bits | (1 << ENTITIES.indexOf(name)), 0);

module.exports = { ALL, bitsOf, entitiesOf, methods, readChanges };
