'use strict';

/** Lets `using` and `await using` dispose of an object. Older runtimes have no such symbol, and no syntax that needs it. */
function disposedBy(prototype, symbol, dispose) {
  if (symbol === undefined) return;
  Object.defineProperty(prototype, symbol, { value: dispose, writable: true, configurable: true });
}

module.exports = { disposedBy };
