'use strict';

/** Runs functions one after the other, in the order in which they come. */
class Turns {
  static #each = new WeakMap();

  /** The turns of the savepoints in a transaction. */
  static of(level) {
    if (!Turns.#each.has(level)) Turns.#each.set(level, new Turns());
    return Turns.#each.get(level);
  }

  #last = Promise.resolve();

  /** Runs `body` in its turn, unless `signal` is aborted before. */
  take(body, signal) {
    const turn = this.#last.then(() => {
      signal?.throwIfAborted();
      return body();
    });
    this.#last = turn.catch(() => {});
    return turn;
  }

  /** A promise that settles when every turn taken so far is over. */
  all() {
    return this.#last;
  }
}

module.exports = { Turns };
