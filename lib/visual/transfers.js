'use strict';

const { stateOf } = require('./state.js');

/** The methods of VisualDatabase that export and import a board. Their code is loaded at the first use. */
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
