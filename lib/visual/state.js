'use strict';

let stateOf;

/** What holds the state of a database out of reach of its users. */
class Stateful {
  #state;

  constructor(state) {
    this.#state = state;
  }

  static {
    stateOf = (database) => database.#state;
  }
}

module.exports = { Stateful, stateOf };
