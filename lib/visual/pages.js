'use strict';

// Pages of lists that can grow: `{ items, next }`. `next` is where the next page begins, bound to the list that it is of.

const { describe, integer } = require('./arguments.js');
const { wrongType } = require('./errors.js');

const LIMITS = [1, 1000];
const USUAL = 50;

/** How many rows a page has at most. */
const limitOf = (method, limit) => integer(method, 'limit', limit, LIMITS, USUAL);

/** `next` of a list that `key` tells from every other: the position behind the last row, a few integers. */
function nextOf(key, place) {
  return Buffer.from(JSON.stringify([hash(key), ...place])).toString('base64url');
}

/** The position that an earlier `next` tells, or `start` where there is none. */
function placeOf(method, key, after, start) {
  if (after === undefined || after === null) return start;
  if (typeof after !== 'string') {
    throw wrongType(method, 'after', after, `${method}: after must be a string, got ${describe(after)}`);
  }
  const [of, ...place] = parsed(after);
  const isPlace = place.length === start.length && place.every((part) => Number.isSafeInteger(part));
  if (isPlace && of === hash(key)) return place;
  const message = `${method}: after must be the \`next\` of an earlier page of the same list`;
  const error = Object.assign(new Error(message), { code: 'ERR_CURSOR', method, field: 'after' });
  throw Object.defineProperty(error, 'value', { value: after, writable: true, configurable: true });
}

function parsed(text) {
  try {
    const made = JSON.parse(Buffer.from(text, 'base64url').toString());
    return Array.isArray(made) ? made : [];
  } catch {
    return [];
  }
}

/** FNV-1a, 32 bits: it tells a mistake, not an attack. */
function hash(text) {
  let value = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    value = Math.imul(value ^ text.charCodeAt(index), 0x01000193);
  }
  return value >>> 0;
}

module.exports = { limitOf, nextOf, placeOf };
