'use strict';

// The entities of the board: their objects, and what methods are given of them.
// Written by `npm run generate` from src/model: change that.

const { cell } = require('../native/rows.js');
const { fieldName, fields, group, jsonText, jsonTextOrDefault, later } = require('./arguments.js');
const { copyJson, json, parseRepeated } = require('./json.js');
const knownKeys = require('./known_keys.js');

const worktree = {
  /** How many cells a row has. */
  width: 11,
  /** The object of the cells from an index on. */
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
  }),
  /** A caller's own copy of such an object. */
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
  }),
};

/** The values that the addon takes, read from the argument `name` of `method`. It may be an element of a list. */
function newWorktree(method, name, argument, strict, element) {
  const given = fields(method, name, argument, knownKeys.newWorktree, strict);
  const position = group(method, fieldName(element, 'position'), given.position, knownKeys.position, strict);
  return [
    given.id,
    given.path,
    given.port,
    given.branchName,
    given.issueUrl,
    given.taskId,
    given.status,
    position.x,
    position.y,
    given.createdAt,
  ];
}

/** The values that the addon takes, read from the argument `name` of `method`. It may be an element of a list. */
function worktreeChanges(method, name, argument, strict, element) {
  const given = fields(method, name, argument, knownKeys.worktreeChanges, strict);
  const position = group(method, fieldName(element, 'position'), given.position, knownKeys.position, strict);
  return [
    later(given, 'issueUrl', given.issueUrl, 'issue_url', given.issue_url),
    later(given, 'taskId', given.taskId, 'task_id', given.task_id),
    given.status,
    position.x ?? given.position_x,
    position.y ?? given.position_y,
  ];
}

/** The values that the addon takes, read from the argument `name` of `method`. */
function worktreeRelocation(method, name, argument, strict) {
  const given = fields(method, name, argument, knownKeys.worktreeRelocation, strict);
  return [given.path, given.port, given.branchName];
}

const zone = {
  /** How many cells a row has. */
  width: 13,
  /** The object of the cells from an index on. */
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
    };
  },
  /** A caller's own copy of such an object. */
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
  }),
};

/** The values that the addon takes, read from the argument `name` of `method`. It may be an element of a list. */
function newZone(method, name, argument, strict, element) {
  const given = fields(method, name, argument, knownKeys.newZone, strict);
  const position = group(method, fieldName(element, 'position'), given.position, knownKeys.position, strict);
  const size = group(method, fieldName(element, 'size'), given.size, knownKeys.size, strict);
  return [
    given.id,
    given.name,
    given.description,
    given.trigger,
    jsonTextOrDefault(method, fieldName(element, 'agents'), given.agents),
    given.promptTemplate,
    jsonTextOrDefault(method, fieldName(element, 'actions'), given.actions),
    position.x,
    position.y,
    size.width,
    size.height,
    given.createdAt,
  ];
}

/** The values that the addon takes, read from the argument `name` of `method`. It may be an element of a list. */
function zoneChanges(method, name, argument, strict, element) {
  const given = fields(method, name, argument, knownKeys.zoneChanges, strict);
  const position = group(method, fieldName(element, 'position'), given.position, knownKeys.position, strict);
  const size = group(method, fieldName(element, 'size'), given.size, knownKeys.size, strict);
  return [
    given.name,
    given.description,
    given.trigger,
    jsonText(method, fieldName(element, 'agents'), given.agents),
    later(given, 'promptTemplate', given.promptTemplate, 'prompt_template', given.prompt_template),
    jsonText(method, fieldName(element, 'actions'), given.actions),
    position.x ?? given.position_x,
    position.y ?? given.position_y,
    size.width ?? given.size_width,
    size.height ?? given.size_height,
  ];
}

const execution = {
  /** How many cells a row has. */
  width: 8,
  /** The object of the cells from an index on. */
  make: (at) => {
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
  },
  /** A caller's own copy of such an object. */
  copy: (execution) => ({
    id: execution.id,
    zoneId: execution.zoneId,
    worktreeId: execution.worktreeId,
    agentType: execution.agentType,
    prompt: execution.prompt,
    result: copyJson(execution.result),
    success: execution.success,
    executedAt: execution.executedAt,
  }),
};

/** The values that the addon takes, read from the argument `name` of `method`. It may be an element of a list. */
function newExecution(method, name, argument, strict, element) {
  const given = fields(method, name, argument, knownKeys.newExecution, strict);
  return [
    given.zoneId,
    given.worktreeId,
    given.agentType,
    given.prompt,
    jsonText(method, fieldName(element, 'result'), given.result),
    Boolean(given.success),
  ];
}

module.exports = {
  worktree,
  newWorktree,
  worktreeChanges,
  worktreeRelocation,
  zone,
  newZone,
  zoneChanges,
  execution,
  newExecution,
};
