'use strict';

const { takenOff } = require('./errors.js');

/** The state of what a method was called on: `const { getZone } = db` leaves a method without its database. */
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
        throw takenOff(method);
      }
    };
  }
}

module.exports = { Stateful, stateOf };
