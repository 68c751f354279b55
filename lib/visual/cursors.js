'use strict';

// Cursors: places in the log of changes as opaque texts for callers. Each has the number of a row and its stamp, which no other row has:
// so a cursor of another log, or of rows that were cut, is recognised.

const addon = require('../native/addon.js');
const { decoded, encoded, noCursor } = require('./pages.js');

/** The first part of every cursor, which tells it from the `next` of other lists. */
const KIND = 'changes';

const cursorOf = ([seq, stamp]) => encoded([KIND, seq, stamp]);

/** The place that a cursor says, number and stamp; `null`, the beginning, where none is given. */
function placeOf(method, after) {
  if (after === undefined || after === null) return null;
  const [kind, seq, stamp, ...more] = decoded(method, after);
  const isStamp = typeof stamp === 'string' && /^-?\d{1,19}$/.test(stamp) && fits(BigInt(stamp));
  if (kind === KIND && Number.isSafeInteger(seq) && seq >= 0 && isStamp && more.length === 0) return [seq, stamp];
  throw noCursor(method, after, 'the `next` of getChanges or getBoard, or the `position` of a watch');
}

const fits = (stamp) => BigInt.asIntN(64, stamp) === stamp;

/** The place at the end of the log; `null` where the file has no log. */
function endPlace(connection) {
  const end = addon.changesEnd(connection);
  return end === null ? null : placeAt(end);
}

/** The place in the form that the addon gives, a text. */
function placeAt(text) {
  const [seq, stamp] = text.split(' ');
  return [Number(seq), stamp];
}

/** The cursor of the end of the log. */
function endOf(connection) {
  const place = endPlace(connection);
  return place && cursorOf(place);
}

module.exports = { cursorOf, endOf, endPlace, placeAt, placeOf };
