'use strict';

// How packed rows lie in the memory that is shared with the addon.
// Written by `npm run generate` from src/rows: change that.

module.exports = {
  /** How many cells a batch of rows has. */
  CELLS: 8192,
  /** How long the head is. */
  HEAD_BYTES: 32,
  /** Where the cells begin, in bytes. */
  ENDS_AT: 32,
  /** Where their numbers begin. */
  NUMBERS_AT: 32800,
  /** Where the small blobs begin. */
  BLOBS_AT: 98336,
  /** Where each number of the head is, counted in 32-bit integers. */
  HEAD: { ROWS: 0, MORE: 1, RECOMPILATIONS: 2, GENERATION: 3, HAS_WIDE: 7 },
  /** What an end holds where the cell is no text of the first string. */
  KIND: { NULL: -1, INTEGER: -2, REAL: -3, BIGINT: -4, BLOB: -5, LONG: -6, SMALL_BLOB: -7, WIDE: -8 },
};
