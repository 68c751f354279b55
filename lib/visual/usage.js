'use strict';

const addon = require('../native/addon.js');
const { one } = require('../native/objects.js');
const { cell } = require('../native/rows.js');
const { fields } = require('./arguments.js');
const { withBudgets } = require('./budgets.js');
const knownKeys = require('./known_keys.js');
const { stateOf } = require('./state.js');

/** The usage of a run, in the shape that runs have it. */
const usage = {
  width: 6,
  make: (at) => ({
    inputTokens: cell(at),
    cachedInputTokens: cell(at + 1),
    outputTokens: cell(at + 2),
    reasoningTokens: cell(at + 3),
    costMicros: cell(at + 4),
    models: JSON.parse(cell(at + 5) ?? '[]'),
  }),
};

/** The method of VisualDatabase that counts what a run used. */
const methods = {
  recordUsage(id, given) {
    const state = stateOf(this, 'recordUsage');
    const { connection, clock } = state;
    const {
      eventId,
      model,
      provider,
      inputTokens,
      cachedInputTokens,
      outputTokens,
      reasoningTokens,
      costMicros,
      costSource,
    } = fields('recordUsage', 'usage', given, knownKeys.usage, true);
    const amounts = [inputTokens, cachedInputTokens, outputTokens, reasoningTokens, costMicros];
    return withBudgets(state, () =>
      one(usage, addon.recordUsage(connection, clock(), id, eventId, model, provider, ...amounts, costSource)),
    );
  },
};

module.exports = { methods };
