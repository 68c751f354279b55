'use strict';

// Places in the log of changes, as callers have them: opaque texts. Each carries the number of a row and its stamp, which no
// other row has: so a place in a log that is another one now, or was cut, is known.

const addon = require('../native/addon.js');
const { decoded, encoded, noCursor } = require('./pages.js');

/** What tells them from other texts. */
const KIND = 'changes';

const cursorOf = ([seq, stamp]) => encoded([KIND, seq, stamp]);

/** The place that a text tells, number and stamp; `null` for the beginning, where there is none. */
function placeOf(method, after) {
  if (after === undefined || after === null) return null;
  const [kind, seq, stamp, ...more] = decoded(method, after);
  const isStamp = typeof stamp === 'string' && /^-?\d{1,19}$/.test(stamp) && fits(BigInt(stamp));
  if (kind === KIND && Number.isSafeInteger(seq) && seq >= 0 && isStamp && more.length === 0) return [seq, stamp];
  throw noCursor(method, after, 'the `next` of getChanges or getBoard, or the `position` of a watch');
}

const fits = (stamp) => BigInt.asIntN(64, stamp) === stamp;

/** Where the log ends now; `null` where the file has none. */
function endPlace(connection) {
  const end = addon.changesEnd(connection);
  return end === null ? null : placeAt(end);
}

/** The place that the addon tells as one text. */
function placeAt(text) {
  const [seq, stamp] = text.split(' ');
  return [Number(seq), stamp];
}

/** The same as callers have it. */
function endOf(connection) {
  const place = endPlace(connection);
  return place && cursorOf(place);
}

module.exports = { cursorOf, endOf, endPlace, placeAt, placeOf };
