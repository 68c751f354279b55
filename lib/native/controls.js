'use strict';

// The steps of a transaction, as `addon.control` takes them.
// Written by `npm run generate` from src/engine/control.rs: change that.

module.exports = {
  BEGIN: 0,
  BEGIN_DEFERRED: 1,
  BEGIN_IMMEDIATE: 2,
  BEGIN_EXCLUSIVE: 3,
  COMMIT: 4,
  ROLLBACK: 5,
  SAVEPOINT: 6,
  RELEASE: 7,
  ROLLBACK_TO: 8,
};
