'use strict';

/** Who has it may make statements, and iterators over their rows: this package's own code. */
const PRIVATE = Symbol('prepare');

module.exports = { PRIVATE };
