'use strict';

// Columns of JSON text.

/** The longest text whose value is kept: longer JSON rarely repeats. */
const LONGEST = 1000;
const MOST = 256;

/** The values of texts that were parsed before. */
const known = new Map();

/** The values of columns without a text, by the JSON that stands for them, which need not be parsed each time. */
const MISSING = { null: () => null, '[]': () => [], '{}': () => ({}) };

/** The value of a column. The error says where the text is, and nothing of its content. */
function json(parse, text, missing, entity, id, field) {
  if (!text) return MISSING[missing]();
  try {
    return parse(text);
  } catch {
    throw new Error(`The ${field} of ${entity} '${id}' are stored as text that is not JSON`);
  }
}

/** As `JSON.parse`, for texts that repeat: copying a small value costs a third of parsing it. */
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

/** The same text in memory of its own: a slice of a longer text would keep all of that in memory. */
function ownText(text) {
  return Buffer.from(text, 'utf16le').toString('utf16le');
}

/** A copy of a JSON value, for a caller's own use. */
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
