'use strict';

// What can only be found out in JavaScript about an argument; the rules for values are in src/model.

const { notJson, outOfRange, wrongType, wrongValue } = require('./errors.js');
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

/** The JSON text of a value that has to be an object; `undefined` and `null` as they are. */
function objectText(method, name, value) {
  if (value === undefined || value === null) return value;
  const text = typeof value === 'object' ? jsonText(method, name, value) : undefined;
  if (text?.startsWith('{')) return text;
  throw wrongType(method, name, value, `${method}: ${name} must be an object, got ${describe(value)}`);
}

/** ISO 8601 with a time of day: `Date.parse` takes much else, and means another thing by it on each runtime. */
const ISO = /^(?:[+-]\d{6}|\d{4})-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d))?$/;

/** Whether a text is a time, of a day that there is: `Date.parse` takes the 30th of February for the 2nd of March. */
function isTime(text) {
  if (!ISO.test(text)) return false;
  const [day] = text.split('T');
  return new Date(day).getUTCDate() === Number(day.slice(-2));
}

/** A time that is given as ISO 8601 or a Date, in milliseconds; `undefined` and `null` as they are. */
function instant(method, name, value) {
  if (value === undefined || value === null) return value;
  const isDate = value instanceof Date || Object.prototype.toString.call(value) === '[object Date]';
  if (!isDate && typeof value !== 'string') {
    throw wrongType(method, name, value, `${method}: ${name} must be ISO 8601 or a Date, got ${describe(value)}`);
  }
  const time = isDate ? Date.prototype.getTime.call(value) : isTime(value) ? Date.parse(value) : NaN;
  if (!Number.isNaN(time)) return time;
  const got = isDate ? 'a Date that is none' : describe(value);
  throw (isDate ? outOfRange : wrongValue)(
    method,
    name,
    value,
    `${method}: ${name} must be ISO 8601 or a Date, got ${got}`,
  );
}

/** The values of an optional argument that is an object, whose keys are all known. */
function options(method, name, value, keys) {
  return value === undefined ? NOTHING : fields(method, name, value, keys, true);
}

/** How long a list of texts may be: they are arguments of the addon, for which there is room on the stack. */
const MOST_TEXTS = 10_000;

/** A list of texts, as an array of the caller's no more; `undefined` for a missing one. */
function texts(method, name, value) {
  if (value === undefined || value === null) return undefined;
  const list = [];
  each(method, name, value, (text, index) => {
    if (index === MOST_TEXTS) {
      throw outOfRange(method, name, value, `${method}: ${name} must be at most ${MOST_TEXTS} texts, got more`);
    }
    if (typeof text !== 'string') {
      throw wrongType(method, name, text, `${method}: ${name}[${index}] must be a string, got ${describe(text)}`);
    }
    list.push(text);
  });
  return list;
}

/** A text, or `null` for a missing one. */
function name(method, field, value) {
  if (value === undefined || value === null) return null;
  if (typeof value === 'string') return value;
  throw wrongType(method, field, value, `${method}: ${field} must be a string, got ${describe(value)}`);
}

/** One text, or a list of some. */
const names = (method, field, value) => texts(method, field, typeof value === 'string' ? [value] : value);

/** `true` or `false`, or `null` for a missing one, as the addon takes it. */
function flag(method, field, value) {
  if (value === undefined || value === null) return null;
  if (typeof value === 'boolean') return Number(value);
  throw wrongType(method, field, value, `${method}: ${field} must be a boolean, got ${describe(value)}`);
}

/** One of some words, of which the first stands for a missing one. */
function oneOf(method, field, value, words) {
  if (value === undefined || value === null) return words[0];
  if (words.includes(value)) return value;
  const wrong = typeof value === 'string' ? wrongValue : wrongType;
  throw wrong(method, field, value, `${method}: ${field} must be one of ${words.join(', ')}, got ${describe(value)}`);
}

/** Lists as the addon takes several of them: how long each is, -1 for none, then all their elements. */
const counted = (...lists) => [...lists.map((list) => list?.length ?? -1), ...lists.flatMap((list) => list ?? [])];

/** An integer within a range, or `standard` where it is missing. */
function integer(method, name, value, [least, most], standard) {
  if (value === undefined || value === null) return standard;
  const message = `${method}: ${name} must be an integer from ${least} to ${most}, got ${describe(value)}`;
  if (typeof value !== 'number') throw wrongType(method, name, value, message);
  if (!Number.isInteger(value) || value < least || value > most) throw outOfRange(method, name, value, message);
  return value;
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

module.exports = {
  ElementName,
  counted,
  describe,
  each,
  fieldName,
  fields,
  filter,
  flag,
  group,
  instant,
  integer,
  jsonText,
  jsonTextOrDefault,
  later,
  name,
  names,
  objectText,
  oneOf,
  options,
  texts,
};
