// Every argument: what the contract takes compiles, what it refuses does not.
import type {
  Logger,
  NewExecution,
  NewWorktree,
  NewZone,
  VisualDatabaseOptions,
  Worktree,
  WorktreeChanges,
  ZoneChanges,
} from '@ai-orchestra/visual-db';
import { VisualDatabase } from '@ai-orchestra/visual-db';

const logger: Logger = { info: (message, fields) => message.trim() + String(fields), error() {} };
const options: VisualDatabaseOptions = {
  dbPath: 'x.db',
  readonly: true,
  fileMustExist: true,
  timeout: 1000,
  synchronous: 'full',
  mode: 0o640,
  logger,
  strict: true,
};
void new VisualDatabase();
void new VisualDatabase('x.db');
void new VisualDatabase({});
void new VisualDatabase({ logger: console });
void new VisualDatabase({ dbPath: null });
const settings = { dbPath: 'x.db', agents: 3 };
void new VisualDatabase(settings);
const db = new VisualDatabase(options);

// @ts-expect-error synchronous is 'normal' or 'full'.
void new VisualDatabase({ synchronous: 'off' });
// @ts-expect-error timeout is a number of milliseconds.
void new VisualDatabase({ timeout: '5s' });
// @ts-expect-error strict is a boolean.
void new VisualDatabase({ strict: 'yes' });
// @ts-expect-error readonly is a boolean.
void new VisualDatabase({ readonly: 'yes' });
// @ts-expect-error A logger has info and error.
void new VisualDatabase({ logger: { info() {} } });
// @ts-expect-error A path is text.
void new VisualDatabase(5);

const newWorktree: NewWorktree = { id: 'w', path: '/w', port: 3001, branchName: 'b' };
db.createWorktree(newWorktree);
db.createWorktree({
  ...newWorktree,
  issueUrl: null,
  taskId: null,
  status: 'x',
  position: { x: 1 },
  createdAt: null,
});
db.createWorktree({ ...newWorktree, port: 3001n, position: { x: '100', y: 2 } });
db.createWorktree({ ...newWorktree, port: '3001', taskId: 123 });
// @ts-expect-error id is required.
db.createWorktree({ path: '/w', port: 1, branchName: 'b' });
// @ts-expect-error path is required.
db.createWorktree({ id: 'w', port: 1, branchName: 'b' });
// @ts-expect-error port is required.
db.createWorktree({ id: 'w', path: '/w', branchName: 'b' });
// @ts-expect-error branchName is required.
db.createWorktree({ id: 'w', path: '/w', port: 1 });
// @ts-expect-error An id is text.
db.createWorktree({ ...newWorktree, id: 7 });
// @ts-expect-error A port is no boolean.
db.createWorktree({ ...newWorktree, port: true });
// @ts-expect-error createdAt is text, not a Date.
db.createWorktree({ ...newWorktree, createdAt: new Date() });
// @ts-expect-error A position is no list.
db.createWorktree({ ...newWorktree, position: [1, 2] });

const changes: WorktreeChanges = { status: 'x', issueUrl: null, taskId: null, position: { y: 1 } };
db.updateWorktree('w', changes);
db.updateWorktree('w', { issue_url: 'u', task_id: 't', position_x: 1, position_y: '2' });
db.updateWorktree('w', { status: undefined, position: null });
// @ts-expect-error status cannot be cleared.
db.updateWorktree('w', { status: null });
// @ts-expect-error The changes are required.
db.updateWorktree('w');
// @ts-expect-error A status is no boolean.
db.updateWorktree('w', { status: true });

const relocated: Worktree = db.relocateWorktree('w', { path: '/srv/w', port: '3002', branchName: undefined });
relocated.port.toFixed();
// @ts-expect-error A worktree is somewhere.
db.relocateWorktree('w', { path: null });
// @ts-expect-error What an update changes is no part of where it is.
db.relocateWorktree('w', { status: 'x' });

const newZone: NewZone = { id: 'z', name: 'Z' };
db.createZone(newZone);
db.createZone({ ...newZone, description: null, trigger: 'manual', agents: ['a'], actions: { run: [1, null] } });
db.createZone({ ...newZone, promptTemplate: 'p', position: { x: 0.5 }, size: { height: -1 }, createdAt: 'then' });
// @ts-expect-error name is required.
db.createZone({ id: 'z' });

const zoneChanges: ZoneChanges = { name: 'n', description: null, agents: null, actions: false, size: { width: 1 } };
db.updateZone('z', zoneChanges);
db.updateZone('z', { trigger: 't', prompt_template: 'p', position_x: 1, position_y: 1, size_width: 1, size_height: 1 });
// @ts-expect-error trigger cannot be cleared.
db.updateZone('z', { trigger: null });
// @ts-expect-error name cannot be cleared.
db.updateZone('z', { name: null });

const newExecution: NewExecution = { zoneId: 'z', worktreeId: 'w', agentType: 'a', prompt: 'p' };
db.recordExecution(newExecution);
db.recordExecution({ ...newExecution, result: { output: 'ok', files: ['a.js'] }, success: true });
db.recordExecution({ ...newExecution, result: null });
// @ts-expect-error zoneId is required.
db.recordExecution({ worktreeId: 'w', agentType: 'a', prompt: 'p' });

const filter: Parameters<typeof db.listWorktrees>[0] = { status: 'active' };
db.listWorktrees(filter);
db.listWorktrees({ status: null });
// @ts-expect-error A filter is an object.
db.listWorktrees('active');
const of: Parameters<typeof db.getExecutionStats>[0] = { zoneId: 'z', worktreeId: 'w' };
db.getExecutionStats(of);
db.getExecutionStats({ zoneId: undefined });
// @ts-expect-error An id is text.
db.getExecutionStats({ zoneId: 7 });

db.getWorktree(undefined);
db.getWorktree(null);
// @ts-expect-error An id is text.
db.getWorktree(7);
db.getExecutionHistory('z', 10);
db.getExecutionHistory('z', -1);
db.getExecutionHistory('z', '10');
db.getExecutionHistory('z', undefined);
// @ts-expect-error null is no limit.
db.getExecutionHistory('z', null);
// @ts-expect-error An assignment needs both ids.
db.assignWorktreeToZone('w');

// @ts-expect-error A transaction runs a function.
db.transaction('BEGIN');

db[Symbol.dispose]();

const found = db.findWorktrees({
  status: ['active'],
  branchName: 'feature/*',
  hasOpenRuns: true,
  metadata: { team: 'a' },
});
const next: string | null = found.next;
db.findWorktrees({ orderBy: 'updated', archived: true });
db.findWorktrees({ orderBy: 'branch', createdSince: new Date(), updatedSince: '2026-01-01', limit: 5, after: next });
// @ts-expect-error There is no such order.
db.findWorktrees({ orderBy: 'port' });
