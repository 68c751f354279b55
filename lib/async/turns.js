'use strict';

/** One after the other, in the order in which they come. */
class Turns {
  static #each = new WeakMap();

  /** Those of a conversation. */
  static of(conversation) {
    if (!Turns.#each.has(conversation)) Turns.#each.set(conversation, new Turns());
    return Turns.#each.get(conversation);
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
