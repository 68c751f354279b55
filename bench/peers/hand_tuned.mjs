// What a good JavaScript developer would write instead: every statement prepared once, the same indexes as the package,
// RETURNING and upserts, COUNT(*) for statistics. No memory map: by measurement it doubles the cost of a read after another
// process's commit, since SQLite then maps the file again. The same class runs on better-sqlite3 and on node:sqlite
// (`drivers.mjs`).
// Long because it is one class with a method for each of the package's, as such a developer would have it.
import { SCHEMA } from './as_written.mjs';
import { executionOf, worktreeOf, zoneOf } from './hand_tuned_rows.mjs';

const TABLES = SCHEMA.match(/CREATE TABLE[^;]+;/g).join('\n');
const INDEXES = `
DROP INDEX IF EXISTS idx_executions_zone; CREATE INDEX idx_executions_zone ON zone_executions(zone_id, executed_at);
DROP INDEX IF EXISTS idx_executions_worktree; CREATE INDEX idx_executions_worktree ON zone_executions(worktree_id, executed_at);
DROP INDEX IF EXISTS idx_worktrees_status; CREATE INDEX idx_worktrees_status ON worktrees(status, created_at DESC);
CREATE INDEX IF NOT EXISTS idx_worktrees_created ON worktrees(created_at DESC);
CREATE INDEX IF NOT EXISTS idx_zones_created ON zones(created_at DESC);
CREATE INDEX IF NOT EXISTS idx_zones_trigger ON zones(trigger);
CREATE INDEX IF NOT EXISTS idx_worktree_zones_zone ON worktree_zones(zone_id, assigned_at);
PRAGMA user_version = 2;`;

const WORKTREE =
  'id, path, port, branch_name, issue_url, task_id, status, position_x, position_y, created_at, updated_at';
const ZONE =
  'id, name, description, trigger, agents, prompt_template, actions, position_x, position_y, size_width, size_height, created_at, updated_at';
const EXECUTION = 'id, zone_id, worktree_id, agent_type, prompt, result, success, executed_at';
const COUNTS =
  'COUNT(*) AS total, COALESCE(SUM(success = 1), 0) AS successful, COALESCE(SUM(success = 0), 0) AS failed, COUNT(DISTINCT agent_type) AS agents';
const WORKTREE_COLUMNS = new Map([
  ['status', 'status'],
  ['issueUrl', 'issue_url'],
  ['taskId', 'task_id'],
]);
const LOCATION_COLUMNS = new Map([
  ['path', 'path'],
  ['port', 'port'],
  ['branchName', 'branch_name'],
]);
const ZONE_COLUMNS = new Map([
  ['name', 'name'],
  ['description', 'description'],
  ['trigger', 'trigger'],
  ['agents', 'agents'],
  ['promptTemplate', 'prompt_template'],
  ['actions', 'actions'],
]);
const PARTS = [
  ['position', 'x', 'position_x'],
  ['position', 'y', 'position_y'],
  ['size', 'width', 'size_width'],
  ['size', 'height', 'size_height'],
];

const now = () => new Date().toISOString();
const placeholders = (columns) =>
  columns
    .split(',')
    .map(() => '?')
    .join(', ');

export class HandTuned {
  constructor(driver) {
    this.driver = driver;
    driver.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON');
    if (driver.value('PRAGMA user_version') < 2) driver.exec(`BEGIN IMMEDIATE; ${TABLES} ${INDEXES} COMMIT`);

    const { prepare, prepareReturning, prepareArrays } = driver;
    this.worktreeOf = worktreeOf[driver.rows];
    this.zoneOf = zoneOf[driver.rows];
    const newest = 'ORDER BY created_at DESC, rowid';
    this.insertWorktree = prepareReturning(
      `INSERT INTO worktrees (${WORKTREE}) VALUES (${placeholders(WORKTREE)}) RETURNING ${WORKTREE}`,
    );
    this.worktree = prepare(`SELECT ${WORKTREE} FROM worktrees WHERE id = ?`);
    this.worktrees = prepare(`SELECT ${WORKTREE} FROM worktrees ${newest}`);
    this.worktreesByStatus = prepare(`SELECT ${WORKTREE} FROM worktrees WHERE status = ? ${newest}`);
    this.deleteWorktreeRow = prepare('DELETE FROM worktrees WHERE id = ?');
    this.insertZone = prepareReturning(`INSERT INTO zones (${ZONE}) VALUES (${placeholders(ZONE)}) RETURNING ${ZONE}`);
    this.zone = prepare(`SELECT ${ZONE} FROM zones WHERE id = ?`);
    this.zones = prepare(`SELECT ${ZONE} FROM zones ${newest}`);
    this.deleteZoneRow = prepare('DELETE FROM zones WHERE id = ?');
    this.assign = prepare(
      `INSERT INTO worktree_zones (worktree_id, zone_id, assigned_at) VALUES (?, ?, ?)
       ON CONFLICT (worktree_id) DO UPDATE SET zone_id = excluded.zone_id, assigned_at = excluded.assigned_at`,
    );
    this.assignment = prepareArrays('SELECT zone_id FROM worktree_zones WHERE worktree_id = ?');
    this.assignments = prepareArrays('SELECT worktree_id, zone_id FROM worktree_zones ORDER BY zone_id, assigned_at');
    this.unassign = prepare('DELETE FROM worktree_zones WHERE worktree_id = ?');
    this.worktreesInZone = prepare(
      `SELECT ${WORKTREE} FROM worktree_zones z CROSS JOIN worktrees w ON w.id = z.worktree_id
       WHERE z.zone_id = ? ORDER BY z.assigned_at, z.rowid`,
    );
    this.insertExecution = prepare(`INSERT INTO zone_executions (${EXECUTION}) VALUES (${placeholders(EXECUTION)})`);
    this.execution = prepareArrays(`SELECT ${EXECUTION} FROM zone_executions WHERE id = ?`);
    const page = (column) =>
      prepareArrays(
        `SELECT ${EXECUTION} FROM zone_executions WHERE ${column} = ? ORDER BY executed_at DESC, rowid DESC LIMIT ?`,
      );
    this.zoneHistory = page('zone_id');
    this.worktreeHistory = page('worktree_id');
    const counts = (where) => prepareArrays(`SELECT ${COUNTS} FROM zone_executions ${where}`);
    this.counts = counts('');
    this.countsOfZone = counts('WHERE zone_id = ?');
    this.countsOfWorktree = counts('WHERE worktree_id = ?');
    this.countsOfBoth = counts('WHERE zone_id = ? AND worktree_id = ?');
    this.stats = prepareArrays(
      `SELECT (SELECT COUNT(*) FROM worktrees), (SELECT COUNT(*) FROM zones),
              (SELECT COUNT(*) FROM worktree_zones), (SELECT COUNT(*) FROM zone_executions)`,
    );
    this.updates = new Map();
  }

  createWorktree(w) {
    return this.worktreeOf(
      this.insertWorktree.get(
        w.id,
        w.path,
        w.port,
        w.branchName,
        w.issueUrl || null,
        w.taskId || null,
        w.status || 'active',
        w.position?.x || 0,
        w.position?.y || 0,
        w.createdAt || now(),
        null,
      ),
    );
  }

  getWorktree(id) {
    const row = this.worktree.get(id);
    return row === undefined ? null : this.worktreeOf(row);
  }

  listWorktrees({ status } = {}) {
    return (status ? this.worktreesByStatus.all(status) : this.worktrees.all()).map(this.worktreeOf);
  }

  updateWorktree(id, changes) {
    const row = this.update('worktrees', WORKTREE, WORKTREE_COLUMNS, changes, id);
    return row === undefined ? this.getWorktree(id) : this.worktreeOf(row);
  }

  moveWorktree(id, zoneId, { position }) {
    return this.transaction(() => {
      const from = this.getWorktreeZone(id);
      if (from !== zoneId) this.assign.run(id, zoneId, now());
      return { worktree: this.updateWorktree(id, { position }), move: { from, to: zoneId } };
    });
  }

  relocateWorktree(id, location) {
    return this.worktreeOf(this.update('worktrees', WORKTREE, LOCATION_COLUMNS, location, id));
  }

  deleteWorktree(id) {
    if (Number(this.deleteWorktreeRow.run(id).changes) === 0) throw new Error(`Worktree not found: ${id}`);
    return true;
  }

  createZone(z) {
    return this.zoneOf(
      this.insertZone.get(
        z.id,
        z.name,
        z.description || null,
        z.trigger || 'onDrop',
        JSON.stringify(z.agents || []),
        z.promptTemplate || '',
        JSON.stringify(z.actions || []),
        z.position?.x || 0,
        z.position?.y || 0,
        z.size?.width || 300,
        z.size?.height || 200,
        z.createdAt || now(),
        null,
      ),
    );
  }

  getZone(id) {
    const row = this.zone.get(id);
    return row === undefined ? null : this.zoneOf(row);
  }

  listZones() {
    return this.zones.all().map(this.zoneOf);
  }

  updateZone(id, changes) {
    const row = this.update('zones', ZONE, ZONE_COLUMNS, changes, id);
    return row === undefined ? this.getZone(id) : this.zoneOf(row);
  }

  deleteZone(id) {
    if (Number(this.deleteZoneRow.run(id).changes) === 0) throw new Error(`Zone not found: ${id}`);
    return true;
  }

  /** Updates a row and returns it, with one statement for each combination of columns that was ever changed. */
  update(table, returning, known, changes, id) {
    const columns = [];
    const values = [];
    for (const key in changes) {
      const column = known.get(key);
      if (column === undefined || changes[key] === undefined) continue;
      columns.push(column);
      values.push(key === 'agents' || key === 'actions' ? JSON.stringify(changes[key]) : changes[key]);
    }
    for (const [group, part, column] of PARTS) {
      const value = changes[group]?.[part];
      if (value === undefined) continue;
      columns.push(column);
      values.push(value);
    }
    if (columns.length === 0) return undefined;

    const key = `${table} ${columns}`;
    let statement = this.updates.get(key);
    if (statement === undefined) {
      const set = [...columns, 'updated_at'].map((column) => `${column} = ?`);
      statement = this.driver.prepareReturning(`UPDATE ${table} SET ${set} WHERE id = ? RETURNING ${returning}`);
      this.updates.set(key, statement);
    }
    values.push(now(), id);
    return statement.get(...values);
  }

  assignWorktreeToZone(worktreeId, zoneId) {
    this.assign.run(worktreeId, zoneId, now());
    return true;
  }

  getWorktreeZone(worktreeId) {
    const row = this.assignment.get(worktreeId);
    return row === undefined ? null : row[0];
  }

  removeWorktreeFromZone(worktreeId) {
    this.unassign.run(worktreeId);
    return true;
  }

  getWorktreesInZone(zoneId) {
    return this.worktreesInZone.all(zoneId).map(this.worktreeOf);
  }

  recordExecution(e) {
    const id = `exec-${Date.now()}-${Math.random().toString(36).slice(2)}`;
    const [result, success] = [JSON.stringify(e.result) ?? null, e.success ? 1 : 0];
    this.insertExecution.run(id, e.zoneId, e.worktreeId, e.agentType, e.prompt, result, success, now());
    return id;
  }

  getExecution(id) {
    const row = this.execution.get(id);
    return row === undefined ? null : executionOf(row);
  }

  getExecutionHistory(zoneId, limit = 100) {
    return this.zoneHistory.all(zoneId, limit).map(executionOf);
  }

  getWorktreeExecutions(worktreeId, limit = 100) {
    return this.worktreeHistory.all(worktreeId, limit).map(executionOf);
  }

  getExecutionStats({ zoneId, worktreeId } = {}) {
    let row;
    if (zoneId) row = worktreeId ? this.countsOfBoth.get(zoneId, worktreeId) : this.countsOfZone.get(zoneId);
    else row = worktreeId ? this.countsOfWorktree.get(worktreeId) : this.counts.get();
    const [total, successful, failed, uniqueAgents] = row;
    return { total, successful, failed, uniqueAgents, successRate: total === 0 ? 0 : (successful / total) * 100 };
  }

  getStats() {
    const [worktrees, zones, assignments, executions] = this.stats.get();
    return { worktrees, zones, assignments, executions };
  }

  getBoard() {
    return this.driver.transaction(
      () => ({
        zones: this.listZones(),
        worktrees: this.listWorktrees(),
        assignments: this.assignments.all().map(([worktreeId, zoneId]) => ({ worktreeId, zoneId })),
      }),
      'deferred',
    );
  }

  createWorktrees(worktrees) {
    return this.transaction(() => worktrees.map((w) => this.createWorktree(w)));
  }

  recordExecutions(executions) {
    return this.transaction(() => executions.map((e) => this.recordExecution(e)));
  }

  assignWorktreesToZone(worktreeIds, zoneId) {
    this.transaction(() => worktreeIds.forEach((id) => this.assignWorktreeToZone(id, zoneId)));
    return true;
  }

  transaction(fn) {
    return this.driver.transaction(fn, 'immediate');
  }

  close() {
    this.driver.close();
  }
}
