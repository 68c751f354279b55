'use strict';

const addon = require('../native/addon.js');
const { watchable } = require('../native/calls.js');
const { disposedBy } = require('../native/disposable.js');
const { Database, adopt } = require('../raw/database.js');
const actors = require('./actors.js');
const archive = require('./archive.js');
const assignments = require('./assignments.js');
const backups = require('./backups.js');
const board = require('./board.js');
const budgets = require('./budgets.js');
const changes = require('./changes.js');
const { openConfig } = require('./config.js');
const { unsupported, withoutHandle } = require('./engines.js');
const executions = require('./executions.js');
const { keptOf } = require('./kept_answers.js');
const limits = require('./limits.js');
const { Log } = require('./log.js');
const metadata = require('./metadata.js');
const metrics = require('./metrics.js');
const moves = require('./moves.js');
const observers = require('./observers.js');
const output = require('./output.js');
const ports = require('./ports.js');
const prompts = require('./prompts.js');
const prune = require('./prune.js');
const { Retention } = require('./retention.js');
const runs = require('./runs.js');
const search = require('./search.js');
const { Stateful, stateOf } = require('./state.js');
const statistics = require('./statistics.js');
const transactions = require('./transactions.js');
const transfers = require('./transfers.js');
const trends = require('./trends.js');
const undo = require('./undo.js');
const usage = require('./usage.js');
const watch = require('./watch.js');
const { READS } = require('./watched_reads.js');
const workers = require('./workers.js');
const worktrees = require('./worktrees.js');
const zones = require('./zones.js');

/**
 * The data layer of the canvas: worktrees, zones, assignments, runs and their history. index.d.ts says what each method takes, gives and
 * throws. Here a database is opened and closed; the other methods are in a file for each concept.
 */
class VisualDatabase extends Stateful {
  constructor(config) {
    const opened = openConfig(config);
    const { server, path, readonly, strict, logger, clock, schedule, retention, onQuery, native, ...sizes } = opened;
    const log = new Log(logger);
    const connection = server === null ? openFile(opened, log) : openServer(server, native);
    const name = server === null ? opened.name : addon.shownUrl(addon.realm, server.url);
    const kept = keptOf(connection, sizes.cacheSize);
    const state = {
      connection,
      log,
      clock,
      readonly,
      strict,
      kept,
      maxOutputBytes: sizes.maxOutputBytes,
      name,
      server,
      schedule: undefined,
      retention: undefined,
      observer: undefined,
    };
    super(state);
    if (server !== null) {
      withoutHandle(this);
      if (onQuery) state.observer = observers.tell(this, onQuery);
      log.info('[VisualDB] Database initialized', { path: name });
      if (retention !== null) state.retention = new Retention(connection, clock, retention, log);
      return;
    }
    this.db = adopt(Object.create(Database.prototype), connection, {
      name,
      memory: path === ':memory:',
      readonly,
      views: true,
    });
    if (onQuery) state.observer = observers.tell(this, onQuery);
    log.info('[VisualDB] Database initialized', { path: name });
    const sqlite = addon.unreviewedSqlite();
    if (sqlite) log.info('[VisualDB] SQLite is not the one that was reviewed: no answers are kept', { sqlite });
    statistics.tellMended(connection, log);
    if (retention !== null) state.retention = new Retention(connection, clock, retention, log);
    if (schedule) state.schedule = backups.startSchedule(this, schedule, logger);
  }

  close() {
    const { connection, log, schedule, retention, observer } = stateOf(this, 'close');
    if (!addon.isOpen(connection)) return;
    schedule?.stop();
    retention?.stop();
    observer?.();
    addon.close(connection);
    log.info('[VisualDB] Database connection closed', {});
  }
}

/** Opens a board in a file. */
function openFile({ name, path, native }, log) {
  try {
    return addon.openVisual(addon.realm, path, ...native);
  } catch (error) {
    log.error('[VisualDB] Failed to open database', error, { path: name });
    throw error;
  }
}

/** Opens a board on a PostgreSQL server. */
function openServer({ url, schema }, native) {
  if (addon.openPostgres === undefined) {
    throw unsupported('VisualDatabase', 'this binary', 'one that was built with the feature postgres');
  }
  return addon.openPostgres(addon.realm, url, schema, ...native);
}

/** Adds functions as methods that are not enumerable, as those of a class are. */
function add(object, methods, made = (_, method) => method) {
  for (const [name, method] of Object.entries(methods)) {
    const value = made(name, method);
    Object.defineProperty(object, name, { value, writable: true, configurable: true });
  }
}

const asWatched = (name, method) => READS[name]?.(method) ?? watchable(name, method);

for (const concept of [
  worktrees,
  zones,
  assignments,
  executions,
  statistics,
  trends,
  board,
  moves,
  archive,
  undo,
  runs,
  search,
  workers,
  output,
  usage,
  limits,
  budgets,
  prompts,
  changes,
  watch,
  metadata,
  ports,
  transactions,
  backups,
  transfers,
  prune,
  metrics,
]) {
  add(VisualDatabase.prototype, concept.methods, asWatched);
}
// Not watched: `as` only names the actor of later calls.
add(VisualDatabase.prototype, actors.methods);
add(VisualDatabase, backups.statics);

disposedBy(VisualDatabase.prototype, Symbol.dispose, function dispose() {
  this.close();
});

module.exports = VisualDatabase;
