'use strict';

/**
 * A value of the addon's, rebuilt from plain objects and arrays of this realm: what napi-rs makes is of the realm that loaded
 * the addon first, and `instanceof Array` and strict comparisons would tell.
 */
function ofThisRealm(value) {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return Array.from(value, ofThisRealm);
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, ofThisRealm(inner)]));
}

module.exports = { ofThisRealm };
