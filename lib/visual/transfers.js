'use strict';

const { A_FILE, checkIsFile } = require('./engines.js');
const { stateOf } = require('./state.js');

/** The methods of VisualDatabase that take a board along. What they need is loaded when it is first used. */
const methods = {
  exportAll(target, options) {
    checkIsFile(stateOf(this, 'exportAll'), 'exportAll', A_FILE);
    return require('../transfer/export.js').exportAll(this, target, options);
  },

  importAll(source, options) {
    checkIsFile(stateOf(this, 'importAll'), 'importAll', A_FILE);
    return require('../transfer/import.js').importAll(this, source, options);
  },
};

module.exports = { methods };
