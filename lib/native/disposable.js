'use strict';

/** Lets `using` and `await using` end an object. Older runtimes have no such symbol; there nothing can call it either. */
function disposedBy(prototype, symbol, dispose) {
  if (symbol === undefined) return;
  Object.defineProperty(prototype, symbol, { value: dispose, writable: true, configurable: true });
}

module.exports = { disposedBy };
