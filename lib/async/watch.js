'use strict';

const { disposedBy } = require('../native/disposable.js');

/** The feed, as the other thread watches it. */
const watch = (root, ask, options) => new Watch(root, ask, options);

let last = 0;

class Watch {
  /** What keeps the thread, while somebody waits for what comes. */
  #root;
  #ask;
  #number = (last += 1);
  #begun;
  #aborted;
  #deafen = () => {};
  #queue = Promise.resolve();
  #hasEnded = false;
  /** What `after` takes to go on behind the change that was given last. */
  position = null;

  constructor(root, ask, options) {
    this.#root = root;
    this.#ask = (step, ...given) => ask(step, this.#number, ...given);
    this.#begun = this.#ask('watch.begin', this.#apart(options));
    // Whoever waits for the next one is told.
    this.#begun.catch(() => {});
  }

  /** The signal is heard here. */
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
