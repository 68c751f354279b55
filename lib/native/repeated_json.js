'use strict';

const copies = require('../visual/copies.js');

/** JSON that is longer is as a rule read once. */
const LONGEST = 1000;
const MOST = 256;

/** The values of texts that were parsed before: a board's zones have few agents and actions between them. */
const known = new Map();

/** As `JSON.parse`, for texts that come again and again: a copy of a small value costs a third of parsing it. */
function parse(text) {
  const before = known.get(text);
  if (before !== undefined) return copies.json(before);
  const value = JSON.parse(text);
  if (text.length <= LONGEST && typeof value === 'object' && value !== null) {
    if (known.size >= MOST) known.clear();
    known.set(ownText(text), copies.json(value));
  }
  return value;
}

/** The same text in memory of its own: a part of a longer one would keep all of that. */
function ownText(text) {
  return Buffer.from(text, 'utf16le').toString('utf16le');
}

module.exports = { parse };
