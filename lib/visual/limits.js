'use strict';

const addon = require('../native/addon.js');
const { list } = require('../native/objects.js');
const { cell } = require('../native/rows.js');
const { fields } = require('./arguments.js');
const knownKeys = require('./known_keys.js');
const { stateOf } = require('./state.js');

const runLimit = {
  width: 4,
  make: (at) => ({
    scope: { zoneId: cell(at), agentType: cell(at + 1) },
    limit: cell(at + 2),
    running: cell(at + 3),
  }),
};

/** The methods of VisualDatabase that limit how many runs may run at once, and how many worktrees a zone is to have. */
const methods = {
  setRunLimit(scope, limit) {
    const { connection, clock } = stateOf(this, 'setRunLimit');
    const { zoneId, agentType } = fields('setRunLimit', 'scope', scope, knownKeys.runLimit, true);
    addon.setRunLimit(connection, clock(), zoneId, agentType, limit);
  },

  setWipLimit(zoneId, limit) {
    const { connection, clock } = stateOf(this, 'setWipLimit');
    addon.setWipLimit(connection, clock(), zoneId, limit);
  },

  getRunLimits() {
    const { connection } = stateOf(this, 'getRunLimits');
    return list(runLimit, addon.listRunLimits(connection), connection);
  },
};

module.exports = { methods };
