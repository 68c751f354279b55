'use strict';

/**
 * A copy of a value of the addon's in objects and arrays of this realm: napi-rs makes those of the realm that loaded the addon first, so
 * `instanceof Array` and strict comparisons would fail here.
 */
function ofThisRealm(value) {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return Array.from(value, ofThisRealm);
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, ofThisRealm(inner)]));
}

module.exports = { ofThisRealm };
