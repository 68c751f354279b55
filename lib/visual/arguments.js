'use strict';

// Checks of arguments that only JavaScript can make; the rules for values are in src/model.

const { notJson, outOfRange, wrongType, wrongValue } = require('./errors.js');
const { MAX_BYTES } = require('./sizes.js');

/** The name of a list's element in errors: `worktrees[3]`. It becomes text only in an error, since lists may be long. */
class ElementName {
  index = 0;

  constructor(list) {
    this.list = list;
  }

  toString() {
    return `${this.list}[${this.index}]`;
  }
}

/** The name of a field of such an element, or of an argument, in errors. */
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

/** Checks an argument that has to be an object, and its keys (see known_keys.js). */
function fields(method, name, value, keys, strict) {
  if (typeof value !== 'object' || value === null) {
    throw wrongType(method, name, value, `${method}: ${name} must be an object, got ${describe(value)}`);
  }
  keys.check(strict, method, name, value);
  return value;
}

/**
 * Hands each element of an argument that has to be an array to `take`, with its index. Holes are `undefined`: `forEach` would skip them,
 * and the indexes of later elements would be wrong. Errors get the `index` of the element. Where `take` returns `false`, the rest is not
 * read.
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
      // The caller's own code may throw anything.
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

/** `position` or `size`: an optional object, whose parts are optional, too. */
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
  // The addon would refuse it, too, but its error could not have the value.
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

/** The JSON text of a value; `undefined`, for the default, where it is falsy. */
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

/** ISO 8601, a day with or without a time: `Date.parse` takes much else, and differently on each runtime. */
const ISO = /^(?:[+-]\d{6}|\d{4})-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d))?$/;

/** Whether a text is a time, of a day that exists: `Date.parse` takes the 30th of February for the 2nd of March. */
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

/** An optional argument that has to be an object and may have known keys only. */
function options(method, name, value, keys) {
  return value === undefined ? NOTHING : fields(method, name, value, keys, true);
}

/** The longest list of texts: they are arguments of a call of the addon, which have to fit the stack. */
const MOST_TEXTS = 10_000;

/** A list of texts, copied, so that the caller can't change it any more; `undefined` for a missing one. */
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

/** One text, or a list of texts. */
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

/** Several lists as the addon takes them: the length of each, -1 for a missing one, then all their elements. */
const counted = (...lists) => [...lists.map((list) => list?.length ?? -1), ...lists.flatMap((list) => list ?? [])];

/** An integer within a range, or `standard` where it is missing. */
function integer(method, name, value, [least, most], standard) {
  if (value === undefined || value === null) return standard;
  const message = `${method}: ${name} must be an integer from ${least} to ${most}, got ${describe(value)}`;
  if (typeof value !== 'number') throw wrongType(method, name, value, message);
  if (!Number.isInteger(value) || value < least || value > most) throw outOfRange(method, name, value, message);
  return value;
}

/** The value of a field with two spellings: the one that is given, or of both the one whose key comes later in the object. */
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
