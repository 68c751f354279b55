// `node generate.mjs FILE EXECUTIONS`: writes the workload into a file as the JavaScript layer would have left it.
import { renameSync, rmSync } from 'node:fs';
import Database from 'better-sqlite3';
import { SCHEMA } from './peers/as_written.mjs';
import * as workload from './workload.mjs';

const [path, executions] = [process.argv[2], Number(process.argv[3])];
const unfinished = `${path}.unfinished`;
rmSync(unfinished, { force: true });

const db = new Database(unfinished);
db.pragma('journal_mode = OFF');
db.pragma('synchronous = OFF');
db.pragma('foreign_keys = OFF');
db.pragma('cache_size = -500000');
const [tables, indexes] = [/CREATE TABLE[^;]+;/g, /CREATE INDEX[^;]+;/g].map((kind) => SCHEMA.match(kind).join('\n'));
db.exec(tables);

const insert = (table, columns) =>
  db.prepare(`INSERT INTO ${table} (${columns}) VALUES (${columns.split(',').map(() => '?')})`);
db.exec('BEGIN');

const intoWorktrees = insert(
  'worktrees',
  'id, path, port, branch_name, issue_url, task_id, status, position_x, position_y, created_at',
);
const intoAssignments = insert('worktree_zones', 'worktree_id, zone_id, assigned_at');
for (let i = 0; i < workload.WORKTREES; i++) {
  const w = workload.worktree(i);
  const { x, y } = w.position;
  intoWorktrees.run(w.id, w.path, w.port, w.branchName, w.issueUrl, w.taskId, w.status, x, y, w.createdAt);
  intoAssignments.run(w.id, workload.zoneId(workload.zoneOfWorktree(i)), w.createdAt);
}

const intoZones = insert(
  'zones',
  'id, name, description, trigger, agents, prompt_template, actions, position_x, position_y, size_width, size_height, created_at',
);
for (let i = 0; i < workload.ZONES; i++) {
  const z = workload.zone(i);
  const [agents, actions] = [JSON.stringify(z.agents), JSON.stringify(z.actions)];
  const { x, y } = z.position;
  const { width, height } = z.size;
  intoZones.run(
    z.id,
    z.name,
    z.description,
    z.trigger,
    agents,
    z.promptTemplate,
    actions,
    x,
    y,
    width,
    height,
    z.createdAt,
  );
}

const intoExecutions = insert(
  'zone_executions',
  'id, zone_id, worktree_id, agent_type, prompt, result, success, executed_at',
);
for (let i = 0; i < executions; i++) {
  const e = workload.execution(i);
  const at = new Date(workload.executedAt(i)).toISOString();
  const [id, result] = [workload.executionId(i), JSON.stringify(e.result)];
  intoExecutions.run(id, e.zoneId, e.worktreeId, e.agentType, e.prompt, result, e.success ? 1 : 0, at);
}

db.exec('COMMIT');
db.exec(indexes);
db.pragma('journal_mode = WAL');
db.close();
renameSync(unfinished, path);
