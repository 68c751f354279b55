'use strict';

const addon = require('../native/addon.js');
const { cell } = require('../native/rows.js');
const { filter } = require('./arguments.js');
const knownKeys = require('./known_keys.js');
const { stateOf } = require('./state.js');

const copy = (object) => ({ ...object });

/** How many executions there are, and how they ended. */
const executionStats = {
  width: 4,
  make: (at) => {
    const total = cell(at) ?? 0;
    const successful = cell(at + 1) ?? 0;
    const failed = cell(at + 2) ?? 0;
    const uniqueAgents = cell(at + 3) ?? 0;
    return { total, successful, failed, uniqueAgents, successRate: total === 0 ? 0 : (successful / total) * 100 };
  },
  copy,
};

/** The row counts of the tables. */
const databaseStats = {
  width: 4,
  make: (at) => ({
    worktrees: cell(at),
    zones: cell(at + 1),
    assignments: cell(at + 2),
    executions: cell(at + 3) ?? 0,
  }),
  copy,
};

/** The methods of VisualDatabase that count. */
const methods = {
  getExecutionStats(options) {
    const { connection, kept, log, strict } = stateOf(this, 'getExecutionStats');
    const { zoneId, worktreeId } = filter('getExecutionStats', options, knownKeys.executionFilter, strict);
    const key = keyOf(zoneId, worktreeId);
    const known = kept.executionStats.get(key);
    const text = addon.executionStats(connection, kept.executionStats.generationOf(known), zoneId, worktreeId);
    const stats = kept.executionStats.answer(key, known, text);
    if (text !== null) tellMended(connection, log);
    return stats;
  },

  getStats() {
    const { connection, kept, log } = stateOf(this, 'getStats');
    const known = kept.stats.get('');
    const text = addon.stats(connection, kept.stats.generationOf(known));
    const stats = kept.stats.answer('', known, text);
    if (text !== null) tellMended(connection, log);
    return stats;
  },
};

/** Logs counts that another program left wrong and the addon has mended. */
function tellMended(connection, log) {
  const mended = addon.takeMended(connection);
  if (mended !== null) log.info('[VisualDB] Counts of executions mended', JSON.parse(mended));
}

/** A key for two optional ids; `undefined` where they are no strings. */
function keyOf(zoneId, worktreeId) {
  const zone = zoneId || '';
  const worktree = worktreeId || '';
  if (typeof zone !== 'string' || typeof worktree !== 'string') return undefined;
  return `${zone.length}:${zone}${worktree}`;
}

module.exports = { methods, executionStats, databaseStats, tellMended };
