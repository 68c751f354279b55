'use strict';

const { stateOf } = require('./state.js');

/** The methods of VisualDatabase that take a board along. What they need is loaded when it is first used. */
const methods = {
  exportAll(target, options) {
    stateOf(this, 'exportAll');
    return require('../transfer/export.js').exportAll(this, target, options);
  },

  importAll(source, options) {
    stateOf(this, 'importAll');
    return require('../transfer/import.js').importAll(this, source, options);
  },
};

module.exports = { methods };
