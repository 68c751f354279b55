'use strict';

const UNBINDABLE = 'SQLite3 can only bind numbers, strings, bigints, buffers, and null';

/** Whether any of the values is an array or an object, which can't be bound as it is. */
function needsFlattening(values) {
  for (let index = 0; index < values.length; index += 1) {
    const value = values[index];
    if (typeof value === 'object' && value !== null && !isBytes(value)) return true;
  }
  return false;
}

/**
 * The values in the order of the statement's parameters.
 *
 * Values and arrays of values fill the parameters without a name, in turn; one plain object fills those with a name.
 * @param {(string | null)[]} names of the parameters, `null` for one without
 * @param {unknown[]} values as they were given
 */
function flatten(names, values) {
  const bound = new Array(names.length);
  let position = 0;
  let count = 0;
  let fromObject = false;
  const hasNames = names.some((name) => name !== null);

  const add = (value) => {
    while (position < names.length && names[position] !== null) position += 1;
    check(value);
    if (position >= names.length) throw new RangeError('Too many parameter values were provided');
    bound[position] = value;
    position += 1;
    count += 1;
  };

  for (const value of values) {
    if (Array.isArray(value)) {
      // The length at the start: a getter of an element may change it.
      const { length } = value;
      for (let index = 0; index < length; index += 1) add(value[index]);
    } else if (typeof value === 'object' && value !== null && !isBytes(value) && isPlain(value)) {
      if (fromObject) throw new TypeError('You cannot specify named parameters in two different objects');
      fromObject = true;
      names.forEach((name, index) => {
        if (name === null) return;
        if (!Object.hasOwn(value, name)) throw new RangeError(`Missing named parameter "${name}"`);
        const member = value[name];
        check(member);
        bound[index] = member;
        count += 1;
      });
    } else if (hasNames && isReference(value) && !isBytes(value)) {
      throw new TypeError('Named parameters can only be passed within plain objects');
    } else {
      add(value);
    }
  }
  if (count < names.length) {
    if (!fromObject && hasNames) throw new TypeError('Missing named parameters');
    throw new RangeError('Too few parameter values were provided');
  }
  return bound;
}

function check(value) {
  switch (typeof value) {
    case 'number':
    case 'string':
    case 'undefined':
      return;
    case 'bigint':
      if (BigInt.asIntN(64, value) === value) return;
      throw new RangeError('The bound string, buffer, or bigint is too big');
    case 'object':
      if (value === null || isBytes(value)) return;
  }
  throw new TypeError(UNBINDABLE);
}

const toStringTag = Object.getOwnPropertyDescriptor(
  Object.getPrototypeOf(Uint8Array.prototype),
  Symbol.toStringTag,
).get;

const isReference = (value) => (typeof value === 'object' && value !== null) || typeof value === 'function';

/** A `Uint8Array` of any realm; a `Buffer` is one. */
function isBytes(value) {
  return toStringTag.call(value) === 'Uint8Array';
}

/** An object whose prototype is null or some realm's `Object.prototype`. */
function isPlain(value) {
  const prototype = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

module.exports = { flatten, needsFlattening };
