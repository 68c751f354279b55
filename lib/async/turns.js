'use strict';

/** One after the other, in the order in which they come. */
class Turns {
  static #each = new WeakMap();

  /** Those in a transaction. */
  static of(level) {
    if (!Turns.#each.has(level)) Turns.#each.set(level, new Turns());
    return Turns.#each.get(level);
  }

  #last = Promise.resolve();

  /** Runs `body` in its turn, unless `signal` is aborted before that comes. */
  take(body, signal) {
    const turn = this.#last.then(() => {
      signal?.throwIfAborted();
      return body();
    });
    this.#last = turn.catch(() => {});
    return turn;
  }

  /** A promise of the end of all that have been taken. */
  all() {
    return this.#last;
  }
}

module.exports = { Turns };
