'use strict';

const { takenOff } = require('../native/taken_off.js');

/** The state of what a method was called on. */
let stateOf;

/** What holds the state of a database out of reach of its users. */
class Stateful {
  #state;

  constructor(state) {
    this.#state = state;
  }

  static {
    stateOf = (database, method) => {
      // One look-up: to ask first whether there is one would be a second.
      try {
        return database.#state;
      } catch {
        throw takenOff('db', method);
      }
    };
  }
}

module.exports = { Stateful, stateOf };
