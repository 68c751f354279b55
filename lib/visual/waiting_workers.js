'use strict';

const addon = require('../native/addon.js');
const { fields, texts } = require('./arguments.js');
const knownKeys = require('./known_keys.js');
const { stateOf } = require('./state.js');
const { Claimants } = require('./wait_for_run.js');
const { claim } = require('./workers.js');

/** The method of VisualDatabase for workers that wait for something to do. */
const methods = {
  waitForRun(given) {
    return new Promise((resolve) => {
      const state = stateOf(this, 'waitForRun');
      const options = fields('waitForRun', 'options', given, knownKeys.wait, true);
      const { workerId, leaseMs, signal } = options;
      const zoneIds = texts('waitForRun', 'zoneIds', options.zoneIds);
      const agentTypes = texts('waitForRun', 'agentTypes', options.agentTypes);
      const wanted = { state, options: { workerId, leaseMs, zoneIds, agentTypes } };
      const takes = JSON.stringify([zoneIds && [...zoneIds].sort(), agentTypes && [...agentTypes].sort()]);
      resolve(claimantsOf(state).wait(wanted, takes, signal ?? undefined));
    });
  },
};

/** Who waits on a database, whoever they are: the log and what is due are the same for all. */
function claimantsOf({ waiting }) {
  const { connection, clock } = waiting;
  waiting.claimants ??= new Claimants(connection, {
    claim: ({ state, options }) => claim(state, 'waitForRun', options)[0] ?? null,
    nextDue: () => addon.nextRunDue(connection, clock()),
    news(after = 0) {
      const told = addon.newsOfRuns(connection, after);
      return { last: Math.abs(told) - 1, any: told > 0 };
    },
  });
  return waiting.claimants;
}

module.exports = { methods };
