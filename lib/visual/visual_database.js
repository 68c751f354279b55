'use strict';

const addon = require('../native/addon.js');
const entities = require('./entities.js');
const { Database, adopt } = require('../raw/database.js');
const { within, BEGIN, IMMEDIATE } = require('../native/transaction.js');
const { each, fields, filter, group, jsonText, jsonTextOrDefault } = require('./arguments.js');
const { openConfig } = require('./config.js');
const knownKeys = require('./known_keys.js');
const rows = require('../native/rows.js');
const { Answers } = require('./answers.js');
const copies = require('./copies.js');

/** Loaded when it is first used, so that a process starts sooner. */
const backups = () => require('../backup/backups.js');

const { one, list } = entities;

/** How many worktrees are created by one call of the addon: their rows fit one frame. */
const FRAME = 500;
const WORKTREE_VALUES = 10;

/**
 * The data layer: worktrees, zones, assignments and the history of executions in one SQLite file. Every method is
 * synchronous; index.d.ts says what each takes, gives and throws.
 */
class VisualDatabase {
  #connection;
  #logger;
  #readonly;
  #strict;
  #schedule;
  #kept;

  constructor(config) {
    const { path, name, readonly, strict, logger, schedule, cacheSize, native } = openConfig(config);
    this.#logger = logger;
    this.#readonly = readonly;
    this.#strict = strict;
    this.#connection = addon.openVisual(path, ...native);
    // Pages of the history are large and many: they never drive out the rest of the board.
    const pages = new Answers(cacheSize / 8);
    const answers = new Answers(cacheSize - cacheSize / 8);
    this.#kept = {
      worktree: answers.of(copies.orNull(copies.worktree)),
      worktrees: answers.of(copies.each(copies.worktree)),
      zone: answers.of(copies.orNull(copies.zone)),
      zones: answers.of(copies.each(copies.zone)),
      worktreeZone: answers.of((zoneId) => zoneId),
      worktreesInZone: answers.of(copies.each(copies.worktree)),
      execution: pages.of(copies.orNull(copies.execution)),
      history: pages.of(copies.each(copies.execution)),
      worktreeHistory: pages.of(copies.each(copies.execution)),
      executionStats: answers.of(copies.flat),
      stats: answers.of(copies.flat),
      board: answers.of(copies.board),
    };
    this.db = adopt(Object.create(Database.prototype), this.#connection, {
      name,
      memory: path === ':memory:',
      readonly,
    });
    this.#info('[VisualDB] Database initialized', { path: name });
    const sqlite = addon.unreviewedSqlite();
    if (sqlite) this.#info('[VisualDB] SQLite is not the one that was reviewed: no answers are kept', { sqlite });
    if (schedule) {
      const { BackupSchedule } = require('../backup/schedule.js');
      this.#schedule = new BackupSchedule(backups().fileOf(this), schedule, this.#logger);
    }
  }

  createWorktree(worktree) {
    try {
      const w = fields('createWorktree', 'worktree', worktree, knownKeys.newWorktree, this.#strict);
      const position = group('createWorktree', 'position', w.position, knownKeys.position, this.#strict);
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
    const kept = this.#kept.worktree;
    const known = kept.get(id);
    const text = addon.getWorktree(this.#connection, kept.generationOf(known), id);
    return text === null ? kept.again(known) : kept.keep(id, one(entities.worktree, text));
  }

  listWorktrees(options) {
    const { status } = filter('listWorktrees', options, knownKeys.worktreeFilter, this.#strict);
    const kept = this.#kept.worktrees;
    const key = status || '';
    const known = kept.get(key);
    const text = addon.listWorktrees(this.#connection, kept.generationOf(known), status);
    return text === null ? kept.again(known) : kept.keep(key, list(entities.worktree, text, this.#connection));
  }

  updateWorktree(id, changes) {
    const c = fields('updateWorktree', 'changes', changes, knownKeys.worktreeChanges, this.#strict);
    const position = group('updateWorktree', 'position', c.position, knownKeys.position, this.#strict);
    const text = addon.updateWorktree(
      this.#connection,
      Date.now(),
      id,
      later(c, 'issueUrl', c.issueUrl, 'issue_url', c.issue_url),
      later(c, 'taskId', c.taskId, 'task_id', c.task_id),
      c.status,
      position.x ?? c.position_x,
      position.y ?? c.position_y,
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
    const z = fields(method, 'zone', zone, knownKeys.newZone, this.#strict);
    const position = group(method, 'position', z.position, knownKeys.position, this.#strict);
    const size = group(method, 'size', z.size, knownKeys.size, this.#strict);
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
    const kept = this.#kept.zone;
    const known = kept.get(id);
    const text = addon.getZone(this.#connection, kept.generationOf(known), id);
    return text === null ? kept.again(known) : kept.keep(id, one(entities.zone, text));
  }

  listZones() {
    const kept = this.#kept.zones;
    const known = kept.get('');
    const text = addon.listZones(this.#connection, kept.generationOf(known));
    return text === null ? kept.again(known) : kept.keep('', list(entities.zone, text, this.#connection));
  }

  updateZone(id, changes) {
    const method = 'updateZone';
    const c = fields(method, 'changes', changes, knownKeys.zoneChanges, this.#strict);
    const position = group(method, 'position', c.position, knownKeys.position, this.#strict);
    const size = group(method, 'size', c.size, knownKeys.size, this.#strict);
    const text = addon.updateZone(
      this.#connection,
      Date.now(),
      id,
      c.name,
      c.description,
      c.trigger,
      jsonText(method, 'agents', c.agents),
      later(c, 'promptTemplate', c.promptTemplate, 'prompt_template', c.prompt_template),
      jsonText(method, 'actions', c.actions),
      position.x ?? c.position_x,
      position.y ?? c.position_y,
      size.width ?? c.size_width,
      size.height ?? c.size_height,
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
    const kept = this.#kept.worktreeZone;
    const known = kept.get(worktreeId);
    const text = addon.getWorktreeZone(this.#connection, kept.generationOf(known), worktreeId);
    return text === null ? kept.again(known) : kept.keep(worktreeId, one(entities.zoneId, text));
  }

  removeWorktreeFromZone(worktreeId) {
    addon.removeAssignment(this.#connection, worktreeId);
    return true;
  }

  getWorktreesInZone(zoneId) {
    const kept = this.#kept.worktreesInZone;
    const known = kept.get(zoneId);
    const text = addon.listWorktreesInZone(this.#connection, kept.generationOf(known), zoneId);
    return text === null ? kept.again(known) : kept.keep(zoneId, list(entities.worktree, text, this.#connection));
  }

  recordExecution(execution) {
    const e = fields('recordExecution', 'execution', execution, knownKeys.newExecution, this.#strict);
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
    const kept = this.#kept.execution;
    const known = kept.get(id);
    const text = addon.getExecution(this.#connection, kept.generationOf(known), id);
    return text === null ? kept.again(known) : kept.keep(id, one(entities.execution, text));
  }

  getExecutionHistory(zoneId, limit) {
    return this.#history(this.#kept.history, addon.listExecutionsOfZone, zoneId, limit);
  }

  getWorktreeExecutions(worktreeId, limit) {
    return this.#history(this.#kept.worktreeHistory, addon.listExecutionsOfWorktree, worktreeId, limit);
  }

  getExecutionStats(options) {
    const { zoneId, worktreeId } = filter('getExecutionStats', options, knownKeys.executionFilter, this.#strict);
    const kept = this.#kept.executionStats;
    const key = keyOf(zoneId, worktreeId);
    const known = kept.get(key);
    const text = addon.executionStats(this.#connection, kept.generationOf(known), zoneId, worktreeId);
    return text === null ? kept.again(known) : kept.keep(key, one(entities.executionStats, text));
  }

  getStats() {
    const kept = this.#kept.stats;
    const known = kept.get('');
    const text = addon.stats(this.#connection, kept.generationOf(known));
    return text === null ? kept.again(known) : kept.keep('', one(entities.databaseStats, text));
  }

  getBoard() {
    const kept = this.#kept.board;
    const generation = addon.generation(this.#connection);
    const known = kept.get('');
    if (generation !== 0 && kept.generationOf(known) === generation) return kept.again(known);
    const board = this.#snapshot(() => ({
      zones: list(entities.zone, addon.listZones(this.#connection, 0), this.#connection),
      worktrees: list(entities.worktree, addon.listWorktrees(this.#connection, 0), this.#connection),
      assignments: list(entities.assignment, addon.listAssignments(this.#connection, 0), this.#connection),
    }));
    const unchanged = addon.generation(this.#connection) === generation;
    return kept.keep('', board, unchanged ? generation : 0);
  }

  createWorktrees(worktrees) {
    const method = 'createWorktrees';
    const values = [];
    each(method, 'worktrees', worktrees, (worktree, index) => {
      const w = fields(method, `worktrees[${index}]`, worktree, knownKeys.newWorktree, this.#strict);
      const position = group(method, `worktrees[${index}].position`, w.position, knownKeys.position, this.#strict);
      values.push(
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
      );
    });
    return this.#bulk('worktrees', (at) => {
      const now = Date.now();
      const created = [];
      // A frame of rows holds the answers of so many.
      for (let from = 0; from < values.length; from += FRAME * WORKTREE_VALUES) {
        at(from / WORKTREE_VALUES);
        const text = addon.createWorktrees(this.#connection, now, values.slice(from, from + FRAME * WORKTREE_VALUES));
        for (const worktree of list(entities.worktree, text, this.#connection)) created.push(worktree);
      }
      return created;
    });
  }

  assignWorktreesToZone(worktreeIds, zoneId) {
    const ids = [];
    each('assignWorktreesToZone', 'worktreeIds', worktreeIds, (id) => {
      ids.push(id);
      // The addon will refuse it, in its place: of an array that is nothing but long the rest is not read.
      return id !== undefined;
    });
    this.#bulk('worktreeIds', () => addon.assignWorktrees(this.#connection, Date.now(), ids, zoneId));
    return true;
  }

  recordExecutions(executions) {
    const method = 'recordExecutions';
    const values = [];
    each(method, 'executions', executions, (execution, index) => {
      const e = fields(method, `executions[${index}]`, execution, knownKeys.newExecution, this.#strict);
      const result = jsonText(method, `executions[${index}].result`, e.result);
      values.push(e.zoneId, e.worktreeId, e.agentType, e.prompt, result, Boolean(e.success));
    });
    return this.#bulk('executions', () => addon.recordExecutions(this.#connection, Date.now(), values));
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
    return backups().backup(this, path, options, this.#strict);
  }

  backupSync(path, options) {
    return backups().backupSync(this, path, options, this.#strict);
  }

  static verifyBackup(path) {
    return backups().verifyBackup(path);
  }

  static listBackups(folder) {
    return backups().listBackups(folder);
  }

  static pruneBackups(folder, options) {
    return backups().pruneBackups(folder, options);
  }

  static restore(backup, options) {
    return backups().restore(backup, options);
  }

  close() {
    if (!addon.isOpen(this.#connection)) return;
    this.#schedule?.stop();
    addon.close(this.#connection);
    this.#info('[VisualDB] Database connection closed', {});
  }

  /** Several rows as one: all or nothing. The error says which one was refused. */
  #bulk(name, body) {
    return within(this.#connection, IMMEDIATE, () => {
      let first = 0;
      try {
        return body((from) => {
          first = from;
        });
      } catch (error) {
        error.index = first + rows.head[0];
        error.message = `${name}[${error.index}]: ${error.message}`;
        throw error;
      }
    });
  }

  /** Reads in several steps as if in one. */
  #snapshot(read) {
    const begun = addon.beginSnapshot(this.#connection);
    try {
      return read();
    } finally {
      if (begun) addon.endSnapshot(this.#connection);
    }
  }

  #history(kept, read, id, limit) {
    const key =
      typeof id === 'string' && (limit === undefined || Number.isInteger(limit)) ? `${limit}:${id}` : undefined;
    const known = kept.get(key);
    const text = read(this.#connection, kept.generationOf(known), id, limit);
    return text === null ? kept.again(known) : kept.keep(key, list(entities.execution, text, this.#connection));
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

/** Of the two spellings of a field the one that is given, of both the one whose key comes later in the object. */
function later(object, name, value, column, columnValue) {
  if (columnValue === undefined) return value;
  if (value === undefined) return columnValue;
  const keys = Object.keys(object);
  return keys.indexOf(column) > keys.indexOf(name) ? columnValue : value;
}

/** A key for two ids of which both, one or none are given; `undefined` where they are no ids. */
function keyOf(zoneId, worktreeId) {
  const zone = zoneId || '';
  const worktree = worktreeId || '';
  if (typeof zone !== 'string' || typeof worktree !== 'string') return undefined;
  return `${zone.length}:${zone}${worktree}`;
}

function messageOf(error) {
  try {
    return error instanceof Error ? error.message : String(error);
  } catch {
    return 'unknown';
  }
}

module.exports = VisualDatabase;
