'use strict';

// Worktrees and zones as a board has them, with what is beside them.
// Written by `npm run generate` from src/model: change that.

const { cell } = require('../native/rows.js');
const { latestRun, metadataOf } = require('./beside.js');
const { copyJson, json, parseRepeated } = require('./json.js');

const boardWorktree = {
  width: 13,
  make: (at) => ({
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
    revision: cell(at + 11),
    metadata: metadataOf(cell(at + 12)),
    openRuns: null,
    latestRun: null,
    costMicros: null,
  }),
  copy: (worktree) => ({
    id: worktree.id,
    path: worktree.path,
    port: worktree.port,
    branchName: worktree.branchName,
    issueUrl: worktree.issueUrl,
    taskId: worktree.taskId,
    status: worktree.status,
    position: { x: worktree.position.x, y: worktree.position.y },
    createdAt: worktree.createdAt,
    updatedAt: worktree.updatedAt,
    revision: worktree.revision,
    metadata: copyJson(worktree.metadata),
    openRuns: worktree.openRuns,
    latestRun: copyJson(worktree.latestRun),
    costMicros: worktree.costMicros,
  }),
};

const boardWorktreeWithRuns = {
  width: 17,
  make: (at) => ({
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
    revision: cell(at + 11),
    metadata: metadataOf(cell(at + 12)),
    openRuns: cell(at + 13),
    latestRun: latestRun(cell(at + 14), cell(at + 15)),
    costMicros: cell(at + 16),
  }),
  copy: (worktree) => ({
    id: worktree.id,
    path: worktree.path,
    port: worktree.port,
    branchName: worktree.branchName,
    issueUrl: worktree.issueUrl,
    taskId: worktree.taskId,
    status: worktree.status,
    position: { x: worktree.position.x, y: worktree.position.y },
    createdAt: worktree.createdAt,
    updatedAt: worktree.updatedAt,
    revision: worktree.revision,
    metadata: copyJson(worktree.metadata),
    openRuns: worktree.openRuns,
    latestRun: copyJson(worktree.latestRun),
    costMicros: worktree.costMicros,
  }),
};

const boardZone = {
  width: 16,
  make: (at) => {
    const id = cell(at);
    return {
      id,
      name: cell(at + 1),
      description: cell(at + 2),
      trigger: cell(at + 3),
      agents: json(parseRepeated, cell(at + 4), '[]', 'zone', id, 'agents'),
      promptTemplate: cell(at + 5),
      actions: json(parseRepeated, cell(at + 6), '[]', 'zone', id, 'actions'),
      position: { x: cell(at + 7), y: cell(at + 8) },
      size: { width: cell(at + 9), height: cell(at + 10) },
      createdAt: cell(at + 11),
      updatedAt: cell(at + 12),
      revision: cell(at + 13),
      metadata: metadataOf(cell(at + 14)),
      wipLimit: cell(at + 15),
    };
  },
  copy: (zone) => ({
    id: zone.id,
    name: zone.name,
    description: zone.description,
    trigger: zone.trigger,
    agents: copyJson(zone.agents),
    promptTemplate: zone.promptTemplate,
    actions: copyJson(zone.actions),
    position: { x: zone.position.x, y: zone.position.y },
    size: { width: zone.size.width, height: zone.size.height },
    createdAt: zone.createdAt,
    updatedAt: zone.updatedAt,
    revision: zone.revision,
    metadata: copyJson(zone.metadata),
    wipLimit: zone.wipLimit,
  }),
};

module.exports = { boardWorktree, boardWorktreeWithRuns, boardZone };
