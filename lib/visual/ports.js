'use strict';

const addon = require('../native/addon.js');
const { describe, integer, options } = require('./arguments.js');
const { wrongType } = require('./errors.js');
const knownKeys = require('./known_keys.js');
const { stateOf } = require('./state.js');

const MOST = 65_535;

/** The method of VisualDatabase that finds a free port. */
const methods = {
  allocatePort(given) {
    const { connection } = stateOf(this, 'allocatePort');
    const { from, to, isFree } = options('allocatePort', 'options', given, knownKeys.port);
    const first = integer('allocatePort', 'from', from, [1, MOST], 3001);
    const last = integer('allocatePort', 'to', to ?? 3999, [first, MOST]);
    const isAsked = isFree !== undefined && isFree !== null;
    if (isAsked && typeof isFree !== 'function') {
      throw refused(isFree, `must be a function, got ${describe(isFree)}`);
    }
    let port = addon.freePort(connection, first, last);
    while (port !== null && isAsked && !answers(isFree, port)) port = addon.freePort(connection, port + 1, last);
    if (port !== null) return port;
    const message = `allocatePort: no port from ${first} to ${last} is free`;
    throw Object.assign(new Error(message), { code: 'ERR_NO_PORT', method: 'allocatePort' });
  },
};

function answers(isFree, port) {
  const answer = isFree(port);
  if (answer && typeof answer.then === 'function') throw refused(isFree, 'cannot return a promise');
  return answer;
}

const refused = (isFree, why) => wrongType('allocatePort', 'isFree', isFree, `allocatePort: isFree ${why}`);

module.exports = { methods };
