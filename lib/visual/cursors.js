'use strict';

// Places in the log of changes, as callers have them: opaque texts. Each carries the number of a row and its stamp, which no
// other row has: so a place in a log that is another one now, or was cut, is known.

const addon = require('../native/addon.js');
const { describe } = require('./arguments.js');
const { wrongType } = require('./errors.js');

/** What tells them from other texts. */
const KIND = 'changes';

const cursorOf = ([seq, stamp]) => Buffer.from(JSON.stringify([KIND, seq, stamp])).toString('base64url');

/** The place that a text tells, number and stamp; `null` for the beginning, where there is none. */
function placeOf(method, after) {
  if (after === undefined || after === null) return null;
  if (typeof after !== 'string') {
    throw wrongType(method, 'after', after, `${method}: after must be a string, got ${describe(after)}`);
  }
  const [kind, seq, stamp, ...more] = parsed(after);
  const isStamp = typeof stamp === 'string' && /^-?\d{1,19}$/.test(stamp) && fits(BigInt(stamp));
  if (kind === KIND && Number.isSafeInteger(seq) && seq >= 0 && isStamp && more.length === 0) return [seq, stamp];
  const message = `${method}: after must be the \`next\` of getChanges or getBoard, or the \`position\` of a watch`;
  const error = Object.assign(new Error(message), { code: 'ERR_CURSOR', method, field: 'after' });
  throw Object.defineProperty(error, 'value', { value: after, writable: true, configurable: true });
}

const fits = (stamp) => BigInt.asIntN(64, stamp) === stamp;

function parsed(text) {
  try {
    const made = JSON.parse(Buffer.from(text, 'base64url').toString());
    return Array.isArray(made) ? made : [];
  } catch {
    return [];
  }
}

/** Where the log ends now; `null` where the file has none. */
function endPlace(connection) {
  const end = addon.changesEnd(connection);
  if (end === null) return null;
  const [seq, stamp] = end.split(' ');
  return [Number(seq), stamp];
}

/** The same as callers have it. */
function endOf(connection) {
  const place = endPlace(connection);
  return place && cursorOf(place);
}

module.exports = { cursorOf, endOf, endPlace, placeOf };
