'use strict';

/** The methods of VisualDatabase that take a board along. What they need is loaded when it is first used. */
const methods = {
  exportAll(target, options) {
    return require('../transfer/export.js').exportAll(this, target, options);
  },

  importAll(source, options) {
    return require('../transfer/import.js').importAll(this, source, options);
  },
};

module.exports = { methods };
