'use strict';

const addon = require('../native/addon.js');
const { one } = require('../native/objects.js');
const { cell } = require('../native/rows.js');
const { describe, objectText } = require('./arguments.js');
const { wrongType } = require('./errors.js');
const { stateOf } = require('./state.js');

const metadata = { width: 1, make: (at) => JSON.parse(cell(at)) };

/** The methods of VisualDatabase for what is kept beside a worktree, a zone or a run. */
const methods = {
  setMetadata(kind, id, patch) {
    const { connection, clock } = stateOf(this, 'setMetadata');
    if (patch === undefined) {
      throw wrongType('setMetadata', 'patch', patch, `setMetadata: patch must be an object, got ${describe(patch)}`);
    }
    const text = objectText('setMetadata', 'patch', patch);
    return one(metadata, addon.setMetadata(connection, clock(), kind, id, text));
  },

  getMetadata(kind, id) {
    return one(metadata, addon.getMetadata(stateOf(this, 'getMetadata').connection, kind, id));
  },
};

module.exports = { methods };
