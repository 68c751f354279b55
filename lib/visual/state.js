'use strict';

const { takenOff } = require('../native/taken_off.js');

/** The state of the database that a method was called on. */
let stateOf;

/** The base class, which keeps the state of a database out of reach of its users. */
class Stateful {
  #state;

  constructor(state) {
    this.#state = state;
  }

  static {
    stateOf = (database, method) => {
      // One look-up: asking first whether there is a state would be a second one.
      try {
        return database.#state;
      } catch {
        throw takenOff('db', method);
      }
    };
  }
}

module.exports = { Stateful, stateOf };
