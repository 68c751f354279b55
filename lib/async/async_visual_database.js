'use strict';

/**
 * VisualDatabase on a thread of its own: the same methods, each giving a promise, so that the caller's event loop goes on meanwhile.
 * index.d.ts documents them. A program that never opens one loads nothing of it.
 */
class AsyncVisualDatabase {
  /** Refuses: `open` makes one, since opening waits for the other thread, too. */
  constructor() {
    throw Object.assign(new TypeError('AsyncVisualDatabase: use await AsyncVisualDatabase.open(options)'), {
      code: 'ERR_INVALID_STATE',
    });
  }

  static open(options) {
    return require('./open.js').open(AsyncVisualDatabase, options);
  }
}

module.exports = { AsyncVisualDatabase };
