'use strict';

const { PRIVATE } = require('./private.js');

/** The rows of a statement, one by one. */
class StatementIterator {
  #next;
  #finish;
  #checkNotBusy;

  constructor(token, statement, next, finish, checkNotBusy) {
    if (token !== PRIVATE) throw new TypeError('Disabled constructor');
    this.#next = next;
    this.#finish = finish;
    this.#checkNotBusy = checkNotBusy;
    Object.defineProperty(this, 'statement', { value: statement, enumerable: true });
  }

  next() {
    if (this.#next === undefined) return this.#done();
    let value;
    try {
      value = this.#next();
    } catch (error) {
      // A call from inside a user function is refused and changes nothing; any other error has ended the iteration.
      if (!this.statement.busy) this.#next = undefined;
      throw error;
    }
    if (value === undefined) {
      this.#next = undefined;
      return { value: undefined, done: true };
    }
    return { value, done: false };
  }

  return() {
    if (this.#next === undefined) return this.#done();
    this.#finish();
    this.#next = undefined;
    return { value: undefined, done: true };
  }

  [Symbol.iterator]() {
    return this;
  }

  #done() {
    this.#checkNotBusy();
    return { value: undefined, done: true };
  }
}

module.exports = { StatementIterator };
