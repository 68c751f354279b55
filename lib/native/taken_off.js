'use strict';

/** The error of a method that is called without its object, as `getZone` is after `const { getZone } = db`. */
function takenOff(object, method) {
  const message = `${method} was taken off its object: call ${object}.${method}(…) or bind it`;
  return Object.assign(new TypeError(message), { code: 'ERR_INVALID_THIS', method });
}

module.exports = { takenOff };
