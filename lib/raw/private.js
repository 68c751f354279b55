'use strict';

/** The token by which constructors of statements and iterators know this package's own code. */
const PRIVATE = Symbol('prepare');

module.exports = { PRIVATE };
