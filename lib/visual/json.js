'use strict';

// Columns of JSON text.

/** JSON that is longer is as a rule read once. */
const LONGEST = 1000;
const MOST = 256;

/** The values of texts that were parsed before. */
const known = new Map();

/** What a column without a text holds, by the text that stands for it, which need not be parsed each time. */
const MISSING = { null: () => null, '[]': () => [], '{}': () => ({}) };

/** The value of a column. The error says where it stands, and nothing of what stands there. */
function json(parse, text, missing, entity, id, field) {
  if (!text) return MISSING[missing]();
  try {
    return parse(text);
  } catch {
    throw new Error(`The ${field} of ${entity} '${id}' are stored as text that is not JSON`);
  }
}

/** As `JSON.parse`, for texts that come again and again: a copy of a small value costs a third of parsing it. */
function parseRepeated(text) {
  const before = known.get(text);
  if (before !== undefined) return copyJson(before);
  const value = JSON.parse(text);
  if (text.length <= LONGEST && typeof value === 'object' && value !== null) {
    if (known.size >= MOST) known.clear();
    known.set(ownText(text), copyJson(value));
  }
  return value;
}

/** The same text in memory of its own: a part of a longer one would keep all of that. */
function ownText(text) {
  return Buffer.from(text, 'utf16le').toString('utf16le');
}

/** A JSON value of a caller's own. */
function copyJson(value) {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(copyJson);
  const copy = {};
  for (const key of Object.keys(value)) {
    const member = copyJson(value[key]);
    if (key === '__proto__') {
      Object.defineProperty(copy, key, { value: member, writable: true, enumerable: true, configurable: true });
    } else copy[key] = member;
  }
  return copy;
}

module.exports = { json, parseRepeated, copyJson };
