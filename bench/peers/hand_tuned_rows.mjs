// Rows into objects, in each driver's fastest form by measurement: better-sqlite3 makes objects as quickly as
// arrays; node:sqlite's objects cost twice as much as its arrays. History rows are arrays on both.
export const worktreeOf = {
  objects: (r) => ({
    id: r.id,
    path: r.path,
    port: r.port,
    branchName: r.branch_name,
    issueUrl: r.issue_url,
    taskId: r.task_id,
    status: r.status,
    position: { x: r.position_x, y: r.position_y },
    createdAt: r.created_at,
    updatedAt: r.updated_at,
  }),
  arrays: (r) => ({
    id: r[0],
    path: r[1],
    port: r[2],
    branchName: r[3],
    issueUrl: r[4],
    taskId: r[5],
    status: r[6],
    position: { x: r[7], y: r[8] },
    createdAt: r[9],
    updatedAt: r[10],
  }),
};

export const zoneOf = {
  objects: (r) => ({
    id: r.id,
    name: r.name,
    description: r.description,
    trigger: r.trigger,
    agents: JSON.parse(r.agents),
    promptTemplate: r.prompt_template,
    actions: JSON.parse(r.actions),
    position: { x: r.position_x, y: r.position_y },
    size: { width: r.size_width, height: r.size_height },
    createdAt: r.created_at,
    updatedAt: r.updated_at,
  }),
  arrays: (r) => ({
    id: r[0],
    name: r[1],
    description: r[2],
    trigger: r[3],
    agents: JSON.parse(r[4]),
    promptTemplate: r[5],
    actions: JSON.parse(r[6]),
    position: { x: r[7], y: r[8] },
    size: { width: r[9], height: r[10] },
    createdAt: r[11],
    updatedAt: r[12],
  }),
};

export const executionOf = (r) => ({
  id: r[0],
  zoneId: r[1],
  worktreeId: r[2],
  agentType: r[3],
  prompt: r[4],
  result: r[5] === null ? {} : JSON.parse(r[5]),
  success: r[6] === 1,
  executedAt: r[7],
});
