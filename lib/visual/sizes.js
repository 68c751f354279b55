'use strict';

// How large a value may be.
// Written by `npm run generate` from src/model/rules.rs: change that.

module.exports = {
  /** The largest text or JSON value, in bytes of UTF-8. */
  MAX_BYTES: 67108864,
};
