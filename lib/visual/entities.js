'use strict';

const rows = require('../native/rows.js');
const addon = require('../native/addon.js');
const repeatedJson = require('../native/repeated_json.js');

const { cell } = rows;

// One function an entity: it makes the object of the cells from an index on. Cells are read in the order of the keys,
// which is the order of the columns in src/engine/sqlite/store/queries.rs.

const worktree = (at) => ({
  id: cell(at),
  path: cell(at + 1),
  port: cell(at + 2),
  branchName: cell(at + 3),
  issueUrl: cell(at + 4),
  taskId: cell(at + 5),
  status: cell(at + 6),
  position: { x: cell(at + 7), y: cell(at + 8) },
  createdAt: cell(at + 9),
  updatedAt: cell(at + 10),
});
worktree.width = 11;

const zoneId = (at) => cell(at);
zoneId.width = 1;

const zone = (at) => {
  const id = cell(at);
  return {
    id,
    name: cell(at + 1),
    description: cell(at + 2),
    trigger: cell(at + 3),
    agents: json(repeatedJson.parse, cell(at + 4), '[]', 'zone', id, 'agents'),
    promptTemplate: cell(at + 5),
    actions: json(repeatedJson.parse, cell(at + 6), '[]', 'zone', id, 'actions'),
    position: { x: cell(at + 7), y: cell(at + 8) },
    size: { width: cell(at + 9), height: cell(at + 10) },
    createdAt: cell(at + 11),
    updatedAt: cell(at + 12),
  };
};
zone.width = 13;

const execution = (at) => {
  const id = cell(at);
  return {
    id,
    zoneId: cell(at + 1),
    worktreeId: cell(at + 2),
    agentType: cell(at + 3),
    prompt: cell(at + 4),
    result: json(JSON.parse, cell(at + 5), '{}', 'execution', id, 'result'),
    success: Boolean(cell(at + 6)),
    executedAt: cell(at + 7),
  };
};
execution.width = 8;

const executionStats = (at) => {
  const total = cell(at) ?? 0;
  const successful = cell(at + 1) ?? 0;
  const failed = cell(at + 2) ?? 0;
  const uniqueAgents = cell(at + 3) ?? 0;
  return { total, successful, failed, uniqueAgents, successRate: total === 0 ? 0 : (successful / total) * 100 };
};
executionStats.width = 4;

const databaseStats = (at) => ({
  worktrees: cell(at),
  zones: cell(at + 1),
  assignments: cell(at + 2),
  executions: cell(at + 3) ?? 0,
});
databaseStats.width = 4;

const assignment = (at) => ({ worktreeId: cell(at), zoneId: cell(at + 1) });
assignment.width = 2;

/** The value of a column of JSON text. The error says where it stands, and nothing of what stands there. */
function json(parse, text, missing, entity, id, field) {
  try {
    return parse(text || missing);
  } catch {
    throw new Error(`The ${field} of ${entity} '${id}' are stored as text that is not JSON`);
  }
}

/** The object of the one row that a call returned, `null` where it returned none. */
function one(make, text) {
  if (text === undefined) return null;
  rows.open(text, make.width);
  try {
    return make(0);
  } finally {
    rows.close();
  }
}

/** The objects of all rows of a list, of which a call returned the first. */
function list(make, text, connection) {
  const objects = [];
  const { width } = make;
  while (text !== undefined) {
    const count = rows.count();
    const more = rows.more();
    rows.open(text, width);
    try {
      for (let row = 0, at = 0; row < count; row += 1, at += width) objects.push(make(at));
    } catch (error) {
      addon.abandon(connection);
      throw error;
    } finally {
      rows.close();
    }
    text = more ? addon.more(connection) : undefined;
  }
  return objects;
}

module.exports = { worktree, zone, zoneId, execution, assignment, executionStats, databaseStats, one, list };
