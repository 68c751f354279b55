'use strict';

const { disposedBy } = require('../native/disposable.js');

/** The feed, as the other thread watches it. */
const watch = (root, ask, options) => new Watch(root, ask, options);

let last = 0;

class Watch {
  /** Holding it keeps the thread from being collected while somebody waits for the next change. */
  #root;
  #ask;
  #number = (last += 1);
  #begun;
  #aborted;
  #deafen = () => {};
  #queue = Promise.resolve();
  #hasEnded = false;
  /** The `after` that goes on after the change that was given last. */
  position = null;

  constructor(root, ask, options) {
    this.#root = root;
    this.#ask = (step, ...given) => ask(step, this.#number, ...given);
    this.#begun = this.#ask('watch.begin', this.#apart(options));
    // `next()` rejects with it.
    this.#begun.catch(() => {});
  }

  /** The options without the signal, which this thread listens to. */
  #apart(options) {
    const { signal, ...rest } = options ?? {};
    if (!(signal instanceof AbortSignal)) return options;
    this.#aborted = new Promise((_, reject) => {
      const abort = () => reject(signal.reason);
      if (signal.aborted) abort();
      signal.addEventListener('abort', abort, { once: true });
      this.#deafen = () => signal.removeEventListener('abort', abort);
    });
    this.#aborted.catch(() => {});
    return rest;
  }

  next() {
    const result = this.#queue.then(() => this.#take());
    this.#queue = result.catch(() => {});
    return result;
  }

  async #take() {
    await this.#begun;
    if (this.#hasEnded) return { done: true, value: undefined };
    try {
      const coming = this.#ask('watch.next');
      const { done, value, position } = await (this.#aborted ? Promise.race([this.#aborted, coming]) : coming);
      this.position = position;
      if (done) await this.return();
      return { done, value };
    } catch (error) {
      await this.return();
      throw error;
    }
  }

  async return(value) {
    if (!this.#hasEnded) {
      this.#hasEnded = true;
      this.#deafen();
      if (!this.#root.isClosed) await this.#ask('watch.end').catch(() => {});
    }
    return { done: true, value };
  }

  async throw(error) {
    await this.return();
    throw error;
  }

  [Symbol.asyncIterator]() {
    return this;
  }
}

disposedBy(Watch.prototype, Symbol.asyncDispose, async function dispose() {
  await this.return();
});

module.exports = { watch };
