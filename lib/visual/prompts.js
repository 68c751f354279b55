'use strict';

const addon = require('../native/addon.js');
const { one } = require('../native/objects.js');
const { cell } = require('../native/rows.js');
const { objectText } = require('./arguments.js');
const { stateOf } = require('./state.js');

const rendered = {
  width: 2,
  make: (at) => ({ prompt: cell(at), missing: JSON.parse(cell(at + 1)) }),
};

/** The method of VisualDatabase that makes a prompt from a zone's template. */
const methods = {
  renderPrompt(zoneId, worktreeId, variables) {
    const { connection } = stateOf(this, 'renderPrompt');
    const text = objectText('renderPrompt', 'variables', variables);
    return one(rendered, addon.renderPrompt(connection, zoneId, worktreeId, text));
  },
};

module.exports = { methods };
