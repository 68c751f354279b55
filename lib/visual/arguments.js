'use strict';

// What can only be found out in JavaScript about an argument; the rules for values are in src/model.

const { notJson, outOfRange, wrongType } = require('./errors.js');
const { MAX_BYTES } = require('./sizes.js');

/** What errors call an element of a list: `worktrees[3]`. Made text where there is one: a list may be long. */
class ElementName {
  index = 0;

  constructor(list) {
    this.list = list;
  }

  toString() {
    return `${this.list}[${this.index}]`;
  }
}

/** What errors call a field of such an element, or of an argument. */
class FieldName {
  constructor(element, field) {
    this.element = element;
    this.field = field;
  }

  toString() {
    return `${this.element}.${this.field}`;
  }
}

const fieldName = (element, field) => (element === undefined ? field : new FieldName(element, field));

/** An argument that is an object to read fields of, whose keys are looked at (see known_keys.js). */
function fields(method, name, value, keys, strict) {
  if (typeof value !== 'object' || value === null) {
    throw wrongType(method, name, value, `${method}: ${name} must be an object, got ${describe(value)}`);
  }
  keys.check(strict, method, name, value);
  return value;
}

/**
 * Hands each element of an argument that is an array to `take`, with its index. Holes are `undefined`: `forEach` would
 * skip them, and the elements behind would be taken for others. The error says at which element it was. Where `take`
 * answers `false`, the rest needs no look.
 */
function each(method, name, value, take) {
  if (!Array.isArray(value)) {
    throw wrongType(method, name, value, `${method}: ${name} must be an array, got ${describe(value)}`);
  }
  const { length } = value;
  for (let index = 0; index < length; index += 1) {
    try {
      if (take(value[index], index) === false) return;
    } catch (error) {
      // What the caller's own code throws may be anything.
      if (error instanceof Error && Object.isExtensible(error)) error.index = index;
      throw error;
    }
  }
}

const NOTHING = Object.freeze({});

/** An optional filter. */
function filter(method, value, keys, strict) {
  return value === undefined ? NOTHING : fields(method, 'filter', value, keys, strict);
}

/** `position` or `size`: an object whose parts may be missing, like the whole of it. */
function group(method, name, value, keys, strict) {
  return value === undefined || value === null ? NOTHING : fields(method, name, value, keys, strict);
}

/** The JSON text of a value, `undefined` for a missing one. */
function jsonText(method, name, value) {
  if (value === undefined) return undefined;
  const text = textOf(method, name, value);
  if (text === undefined) {
    throw wrongType(method, name, value, `${method}: ${name} must be a JSON value, got ${describe(value)}`);
  }
  // The addon refuses it, too, but has no more than the text.
  if (text.length > MAX_BYTES / 3 && Buffer.byteLength(text) > MAX_BYTES) {
    const must = `must be at most ${MAX_BYTES} bytes of UTF-8, got ${Buffer.byteLength(text)}`;
    throw outOfRange(method, name, value, `${method}: ${name} ${must}`);
  }
  return text;
}

function textOf(method, name, value) {
  try {
    return JSON.stringify(value);
  } catch (error) {
    throw notJson(method, name, value, error);
  }
}

/** The JSON text of a value; everything falsy is left to the default. */
function jsonTextOrDefault(method, name, value) {
  return value ? jsonText(method, name, value) : undefined;
}

/** Of the two spellings of a field the one that is given, of both the one whose key comes later in the object. */
function later(object, name, value, column, columnValue) {
  if (columnValue === undefined) return value;
  if (value === undefined) return columnValue;
  const keys = Object.keys(object);
  return keys.indexOf(column) > keys.indexOf(name) ? columnValue : value;
}

function describe(value) {
  if (value === undefined || value === null) return String(value);
  if (typeof value === 'function' || typeof value === 'symbol') return `a ${typeof value}`;
  if (typeof value === 'object') return 'an object';
  if (typeof value === 'string') return `the string ${JSON.stringify(value.slice(0, 60))}`;
  return `the ${typeof value} ${value}`;
}

module.exports = { ElementName, each, fieldName, fields, filter, group, jsonText, jsonTextOrDefault, later };
