'use strict';

const addon = require('./addon.js');
const entities = require('./entities.js');
const { Database, adopt } = require('./database.js');
const { within, BEGIN, IMMEDIATE } = require('./transaction.js');
const { fields, filter, group, jsonText, jsonTextOrDefault } = require('./arguments.js');
const { openConfig } = require('./config.js');
const backups = require('./backups.js');
const { BackupSchedule } = require('./backup_schedule.js');

const { one, list } = entities;

/**
 * The data layer: worktrees, zones, assignments and the history of executions in one SQLite file. Every method is
 * synchronous; index.d.ts says what each takes, gives and throws.
 */
class VisualDatabase {
  #connection;
  #logger;
  #readonly;
  #schedule;

  constructor(config) {
    const { path, name, readonly, logger, schedule, native } = openConfig(config);
    this.#logger = logger;
    this.#readonly = readonly;
    this.#connection = addon.openVisual(path, ...native);
    this.db = adopt(Object.create(Database.prototype), this.#connection, {
      name,
      memory: path === ':memory:',
      readonly,
    });
    this.#info('[VisualDB] Database initialized', { path: name });
    if (schedule) this.#schedule = new BackupSchedule(backups.fileOf(this), schedule, this.#logger);
  }

  createWorktree(worktree) {
    try {
      const w = fields('createWorktree', 'worktree', worktree);
      const position = group('createWorktree', 'position', w.position);
      const created = one(
        entities.worktree,
        addon.createWorktree(
          this.#connection,
          Date.now(),
          w.id,
          w.path,
          w.port,
          w.branchName,
          w.issueUrl,
          w.taskId,
          w.status,
          position.x,
          position.y,
          w.createdAt,
        ),
      );
      this.#info('[VisualDB] Worktree created', { id: created.id });
      return created;
    } catch (error) {
      this.#error('[VisualDB] Failed to create worktree', error, { worktree });
      throw error;
    }
  }

  getWorktree(id) {
    return one(entities.worktree, addon.getWorktree(this.#connection, id));
  }

  listWorktrees(options) {
    const { status } = filter('listWorktrees', options);
    return list(entities.worktree, addon.listWorktrees(this.#connection, status), this.#connection);
  }

  updateWorktree(id, changes) {
    const c = fields('updateWorktree', 'changes', changes);
    const position = group('updateWorktree', 'position', c.position);
    const text = addon.updateWorktree(
      this.#connection,
      Date.now(),
      id,
      c.status,
      given(c.issueUrl, c.issue_url),
      given(c.taskId, c.task_id),
      given(position.x, c.position_x),
      given(position.y, c.position_y),
    );
    return one(entities.worktree, text);
  }

  deleteWorktree(id) {
    try {
      addon.deleteWorktree(this.#connection, id);
    } catch (error) {
      this.#error('[VisualDB] Failed to delete worktree', error, { id });
      throw error;
    }
    this.#info('[VisualDB] Worktree deleted', { id });
    return true;
  }

  createZone(zone) {
    const method = 'createZone';
    const z = fields(method, 'zone', zone);
    const position = group(method, 'position', z.position);
    const size = group(method, 'size', z.size);
    const text = addon.createZone(
      this.#connection,
      Date.now(),
      z.id,
      z.name,
      z.description,
      z.trigger,
      jsonTextOrDefault(method, 'agents', z.agents),
      z.promptTemplate,
      jsonTextOrDefault(method, 'actions', z.actions),
      position.x,
      position.y,
      size.width,
      size.height,
      z.createdAt,
    );
    return one(entities.zone, text);
  }

  getZone(id) {
    return one(entities.zone, addon.getZone(this.#connection, id));
  }

  listZones() {
    return list(entities.zone, addon.listZones(this.#connection), this.#connection);
  }

  updateZone(id, changes) {
    const method = 'updateZone';
    const c = fields(method, 'changes', changes);
    const position = group(method, 'position', c.position);
    const size = group(method, 'size', c.size);
    const text = addon.updateZone(
      this.#connection,
      Date.now(),
      id,
      c.name,
      c.description,
      c.trigger,
      jsonText(method, 'agents', c.agents),
      given(c.promptTemplate, c.prompt_template),
      jsonText(method, 'actions', c.actions),
      given(position.x, c.position_x),
      given(position.y, c.position_y),
      given(size.width, c.size_width),
      given(size.height, c.size_height),
    );
    return one(entities.zone, text);
  }

  deleteZone(id) {
    try {
      addon.deleteZone(this.#connection, id);
    } catch (error) {
      this.#error('[VisualDB] Failed to delete zone', error, { id });
      throw error;
    }
    this.#info('[VisualDB] Zone deleted', { id });
    return true;
  }

  assignWorktreeToZone(worktreeId, zoneId) {
    addon.assignWorktree(this.#connection, Date.now(), worktreeId, zoneId);
    return true;
  }

  getWorktreeZone(worktreeId) {
    return addon.getWorktreeZone(this.#connection, worktreeId) ?? null;
  }

  removeWorktreeFromZone(worktreeId) {
    addon.removeAssignment(this.#connection, worktreeId);
    return true;
  }

  getWorktreesInZone(zoneId) {
    return list(entities.worktree, addon.listWorktreesInZone(this.#connection, zoneId), this.#connection);
  }

  recordExecution(execution) {
    const e = fields('recordExecution', 'execution', execution);
    return addon.recordExecution(
      this.#connection,
      Date.now(),
      e.zoneId,
      e.worktreeId,
      e.agentType,
      e.prompt,
      jsonText('recordExecution', 'result', e.result),
      Boolean(e.success),
    );
  }

  getExecution(id) {
    return one(entities.execution, addon.getExecution(this.#connection, id));
  }

  getExecutionHistory(zoneId, limit) {
    return list(entities.execution, addon.listExecutionsOfZone(this.#connection, zoneId, limit), this.#connection);
  }

  getWorktreeExecutions(worktreeId, limit) {
    const text = addon.listExecutionsOfWorktree(this.#connection, worktreeId, limit);
    return list(entities.execution, text, this.#connection);
  }

  getExecutionStats(options) {
    const { zoneId, worktreeId } = filter('getExecutionStats', options);
    return one(entities.executionStats, addon.executionStats(this.#connection, zoneId, worktreeId));
  }

  getStats() {
    return one(entities.databaseStats, addon.stats(this.#connection));
  }

  transaction(fn) {
    if (typeof fn !== 'function') throw new TypeError('Expected first argument to be a function');
    try {
      return within(this.#connection, this.#readonly ? BEGIN : IMMEDIATE, fn);
    } catch (error) {
      this.#error('[VisualDB] Transaction failed', error, {});
      throw error;
    }
  }

  backup(path, options) {
    return backups.backup(this, path, options);
  }

  backupSync(path, options) {
    return backups.backupSync(this, path, options);
  }

  static verifyBackup(path) {
    return backups.verifyBackup(path);
  }

  static listBackups(folder) {
    return backups.listBackups(folder);
  }

  static pruneBackups(folder, options) {
    return backups.pruneBackups(folder, options);
  }

  static restore(backup, options) {
    return backups.restore(backup, options);
  }

  close() {
    if (!addon.isOpen(this.#connection)) return;
    this.#schedule?.stop();
    addon.close(this.#connection);
    this.#info('[VisualDB] Database connection closed', {});
  }

  #info(message, details) {
    this.#log('info', message, details);
  }

  #error(message, error, details) {
    if (this.#logger !== null) this.#log('error', message, { error: messageOf(error), ...details });
  }

  /** A logger that throws changes nothing. */
  #log(level, message, details) {
    if (this.#logger === null) return;
    try {
      this.#logger[level](message, details);
    } catch {
      // Its failure is not this call's.
    }
  }
}

// Older runtimes have no Symbol.dispose; there nothing can call it either.
if (Symbol.dispose !== undefined) {
  Object.defineProperty(VisualDatabase.prototype, Symbol.dispose, {
    value: function dispose() {
      this.close();
    },
    writable: true,
    configurable: true,
  });
}

/** The value under the object's own name of a field, else under the column's. */
function given(value, columnValue) {
  return value === undefined ? columnValue : value;
}

function messageOf(error) {
  try {
    return error instanceof Error ? error.message : String(error);
  } catch {
    return 'unknown';
  }
}

module.exports = VisualDatabase;
