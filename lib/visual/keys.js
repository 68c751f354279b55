'use strict';

// The keys that methods take, and those that the object has, too, but they do not take.
// Written by `npm run generate` from src/model: change that.

module.exports = {
  newWorktree: {
    taken: ['id', 'path', 'port', 'branchName', 'issueUrl', 'taskId', 'status', 'position', 'createdAt'],
    fixed: ['updatedAt'],
  },
  worktreeChanges: {
    taken: ['issueUrl', 'taskId', 'status', 'position', 'issue_url', 'task_id', 'position_x', 'position_y'],
    fixed: ['id', 'path', 'port', 'branchName', 'createdAt', 'updatedAt', 'branch_name', 'created_at', 'updated_at'],
  },
  worktreeRelocation: {
    taken: ['path', 'port', 'branchName'],
    fixed: ['id', 'issueUrl', 'taskId', 'status', 'position', 'createdAt', 'updatedAt'],
  },
  newZone: {
    taken: [
      'id',
      'name',
      'description',
      'trigger',
      'agents',
      'promptTemplate',
      'actions',
      'position',
      'size',
      'createdAt',
    ],
    fixed: ['updatedAt'],
  },
  zoneChanges: {
    taken: [
      'name',
      'description',
      'trigger',
      'agents',
      'promptTemplate',
      'actions',
      'position',
      'size',
      'prompt_template',
      'position_x',
      'position_y',
      'size_width',
      'size_height',
    ],
    fixed: ['id', 'createdAt', 'updatedAt', 'created_at', 'updated_at'],
  },
  newExecution: {
    taken: ['zoneId', 'worktreeId', 'agentType', 'prompt', 'result', 'success'],
    fixed: ['id', 'executedAt'],
  },
};
