'use strict';

const addon = require('../native/addon.js');
const { gathered, valuesOf } = require('./bulk.js');
const { newExecution } = require('./fields.js');
const { stateOf } = require('./state.js');

/** The methods of VisualDatabase that are about the history of executions. */
const methods = {
  recordExecution(execution) {
    const { connection, strict, clock } = stateOf(this, 'recordExecution');
    const values = newExecution('recordExecution', 'execution', execution, strict);
    return addon.recordExecution(connection, clock(), ...values);
  },

  recordExecutions(executions) {
    const state = stateOf(this, 'recordExecutions');
    const { connection, strict } = state;
    const batches = valuesOf('recordExecutions', 'executions', executions, (argument, name) =>
      newExecution('recordExecutions', name, argument, strict, name),
    );
    return gathered(state, 'executions', batches, (values, now) => addon.recordExecutions(connection, now, ...values));
  },

  getExecution(id) {
    const { connection, kept } = stateOf(this, 'getExecution');
    const known = kept.execution.get(id);
    return kept.execution.answer(id, known, addon.getExecution(connection, kept.execution.generationOf(known), id));
  },

  getExecutionHistory(zoneId, limit) {
    const key = pageKey(zoneId, limit);
    const { connection, kept } = stateOf(this, 'getExecutionHistory');
    const known = kept.history.get(key);
    return kept.history.answer(
      key,
      known,
      addon.listExecutionsOfZone(connection, kept.history.generationOf(known), zoneId, limit),
    );
  },

  getWorktreeExecutions(worktreeId, limit) {
    const key = pageKey(worktreeId, limit);
    const { connection, kept } = stateOf(this, 'getWorktreeExecutions');
    const known = kept.worktreeHistory.get(key);
    return kept.worktreeHistory.answer(
      key,
      known,
      addon.listExecutionsOfWorktree(connection, kept.worktreeHistory.generationOf(known), worktreeId, limit),
    );
  },
};

/** A key for a page of a history; `undefined` where none can be kept. */
function pageKey(id, limit) {
  return typeof id === 'string' && (limit === undefined || Number.isInteger(limit)) ? `${limit}:${id}` : undefined;
}

module.exports = { methods };
