'use strict';

/** An options object, `{}` where none was given. */
function objectOption(options, which) {
  options ??= {};
  if (typeof options !== 'object') throw new TypeError(`Expected ${which} argument to be an options object`);
  return options;
}

/** A boolean option, `false` where it is not given. */
function booleanOption(options, key) {
  if (!(key in options)) return false;
  const value = options[key];
  if (typeof value !== 'boolean') throw new TypeError(`Expected the "${key}" option to be a boolean`);
  return value;
}

module.exports = { objectOption, booleanOption };
