'use strict';

// Polling, where nothing reports what others commit: on a server, through whichever pooler.

const addon = require('../native/addon.js');

/** The first pause between two looks, and the longest, in milliseconds. */
const FIRST = 20;
const LATEST = 250;

/** How `Claimants` waits on a server. Each look is one read, and the pauses grow until something comes. */
class Looks {
  #connection;
  #pause = FIRST;

  constructor(connection) {
    this.#connection = connection;
  }

  /** Nothing is known of others' commits between two looks. */
  since() {
    addon.checkOpen(this.#connection);
    return 0;
  }

  /** A promise of `'commit'`, when it is time to look, or `'due'`, once it is `dueAt`; it is rejected where `signal` is aborted. */
  next({ dueAt, signal }) {
    const pause = Math.min(this.#pause, Math.max(dueAt - Date.now(), 0));
    this.#pause = Math.min(this.#pause * 1.5, LATEST);
    return new Promise((resolve, reject) => {
      const end = (settle, value) => {
        clearTimeout(timer);
        signal.removeEventListener('abort', abort);
        settle(value);
      };
      const abort = () => end(reject, signal.reason);
      const timer = setTimeout(() => end(resolve, dueAt <= Date.now() ? 'due' : 'commit'), pause);
      signal.addEventListener('abort', abort);
    });
  }

  /** Something came: more may come soon. */
  came() {
    this.#pause = FIRST;
  }
}

module.exports = { Looks };
