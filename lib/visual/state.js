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
      if (typeof database !== 'object' || database === null || !(#state in database)) throw takenOff(method);
      return database.#state;
    };
  }
}

module.exports = { Stateful, stateOf };
