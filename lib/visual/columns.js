'use strict';

// Where the values of columns belong, as the log calls them: the key, the key within that, and what stands for missing JSON.
// Written by `npm run generate` from src/model: change that.

module.exports = {
  worktree: {
    id: ['id'],
    path: ['path'],
    port: ['port'],
    branch_name: ['branchName'],
    issue_url: ['issueUrl'],
    task_id: ['taskId'],
    status: ['status'],
    x: ['position', 'x'],
    y: ['position', 'y'],
    created_at: ['createdAt'],
    u: ['updatedAt'],
  },
  zone: {
    id: ['id'],
    name: ['name'],
    description: ['description'],
    trigger: ['trigger'],
    agents: ['agents', null, '[]'],
    prompt_template: ['promptTemplate'],
    actions: ['actions', null, '[]'],
    x: ['position', 'x'],
    y: ['position', 'y'],
    size_width: ['size', 'width'],
    size_height: ['size', 'height'],
    created_at: ['createdAt'],
    u: ['updatedAt'],
  },
};
