'use strict';

// Pages of lists that can grow: `{ items, next }`. `next` says where the next page begins, and is bound to its list.

const { describe, integer } = require('./arguments.js');
const { wrongType } = require('./errors.js');

const LIMITS = [1, 1000];
const USUAL = 50;

/** The checked `limit`: how many rows a page has at most. */
const limitOf = (method, limit) => integer(method, 'limit', limit, LIMITS, USUAL);

/** `next` of the list that `key` identifies: the position after the last row, a few integers or texts. */
function nextOf(key, position) {
  return encoded([hash(key), ...position]);
}

/** The position that an earlier `next` says, or `start` where none is given, which has nulls where positions are texts. */
function positionOf(method, key, after, start) {
  if (after === undefined || after === null) return start;
  const [of, ...position] = decoded(method, after);
  const isPart = (part) => (start[0] === null ? typeof part === 'string' : Number.isSafeInteger(part));
  const isPosition = position.length === start.length && position.every(isPart);
  if (isPosition && of === hash(key)) return position;
  throw noCursor(method, after, 'the `next` of an earlier page of the same list');
}

/**
 * A page of the list that `key` identifies, with at most `most` rows. `read(position, count)` gives the rows after a position, each
 * `{ item, position }`; a call of the addon can give `batch` of them.
 */
function pageOf(key, start, most, batch, read) {
  const found = [];
  let position = start;
  // One row more than the page has tells whether there is another page.
  while (found.length <= most) {
    const wanted = Math.min(batch, most + 1 - found.length);
    const rows = read(position, wanted);
    found.push(...rows);
    if (rows.length < wanted) break;
    position = rows.at(-1).position;
  }
  const shown = found.slice(0, most);
  return {
    items: shown.map(({ item }) => item),
    next: found.length > most ? nextOf(key, shown.at(-1).position) : null,
  };
}

/** A few values as opaque text. */
const encoded = (parts) => Buffer.from(JSON.stringify(parts)).toString('base64url');

/** The values of such a text; `[]` for any other. */
function decoded(method, after) {
  if (typeof after !== 'string') {
    throw wrongType(method, 'after', after, `${method}: after must be a string, got ${describe(after)}`);
  }
  try {
    const made = JSON.parse(Buffer.from(after, 'base64url').toString());
    // Node ignores characters that are no base64: only a text that encodes again to itself was made here.
    return Array.isArray(made) && encoded(made) === after ? made : [];
  } catch {
    return [];
  }
}

/** FNV-1a, 32 bits: it detects a mistake, not an attack. */
function hash(text) {
  let value = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    value = Math.imul(value ^ text.charCodeAt(index), 0x01000193);
  }
  return value >>> 0;
}

/** The error for an `after` of another list, or none at all. */
function noCursor(method, after, must) {
  const error = new Error(`${method}: after must be ${must}`);
  Object.assign(error, { code: 'ERR_CURSOR', method, field: 'after' });
  return Object.defineProperty(error, 'value', { value: after, writable: true, configurable: true });
}

module.exports = { decoded, encoded, limitOf, noCursor, pageOf, positionOf };
