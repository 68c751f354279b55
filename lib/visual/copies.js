'use strict';

// Copies of answers: callers get an object of their own each time, which they may change.

/** `copy` of each, and `null` as it is. */
const orNull = (copy) => (answer) => (answer === null ? null : copy(answer));
const each = (copy) => (answers) => answers.map(copy);

const worktree = (w) => ({
  id: w.id,
  path: w.path,
  port: w.port,
  branchName: w.branchName,
  issueUrl: w.issueUrl,
  taskId: w.taskId,
  status: w.status,
  position: { x: w.position.x, y: w.position.y },
  createdAt: w.createdAt,
  updatedAt: w.updatedAt,
});

const zone = (z) => ({
  id: z.id,
  name: z.name,
  description: z.description,
  trigger: z.trigger,
  agents: json(z.agents),
  promptTemplate: z.promptTemplate,
  actions: json(z.actions),
  position: { x: z.position.x, y: z.position.y },
  size: { width: z.size.width, height: z.size.height },
  createdAt: z.createdAt,
  updatedAt: z.updatedAt,
});

const execution = (e) => ({
  id: e.id,
  zoneId: e.zoneId,
  worktreeId: e.worktreeId,
  agentType: e.agentType,
  prompt: e.prompt,
  result: json(e.result),
  success: e.success,
  executedAt: e.executedAt,
});

const flat = (object) => ({ ...object });

const board = (b) => ({
  zones: b.zones.map(zone),
  worktrees: b.worktrees.map(worktree),
  assignments: b.assignments.map(flat),
});

/** A JSON value. */
function json(value) {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(json);
  const copy = {};
  for (const key of Object.keys(value)) {
    const member = json(value[key]);
    if (key === '__proto__') {
      Object.defineProperty(copy, key, { value: member, writable: true, enumerable: true, configurable: true });
    } else copy[key] = member;
  }
  return copy;
}

module.exports = { worktree, zone, execution, flat, board, json, orNull, each };
