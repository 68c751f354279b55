'use strict';

// What an operator looks at, in Prometheus's text format. All of it is read by public methods, in one snapshot, so that it agrees with
// them.

const fs = require('node:fs');
const path = require('node:path');
const { version } = require('../../package.json');
const addon = require('../native/addon.js');
const { describe, options } = require('./arguments.js');
const { inSnapshot } = require('./board.js');
const { wrongType, wrongValue } = require('./errors.js');
const { exposition } = require('./exposition.js');
const knownKeys = require('./known_keys.js');
const { stateOf } = require('./state.js');

const NAME = /^[a-zA-Z_][a-zA-Z0-9_]*$/;
const HOUR = 3_600_000;
const ENDED = ['succeeded', 'failed', 'cancelled', 'timedOut', 'lost'];
const MICROS = 1_000_000;

const gauge = (name, help, samples) => ({ name, help, type: 'gauge', samples });
const counter = (name, help, samples) => ({ name, help, type: 'counter', samples });
const seconds = (milliseconds) => (milliseconds === null ? null : milliseconds / 1000);

/** The method of VisualDatabase that measures it. */
const methods = {
  metrics(given) {
    const { connection, clock, kept, schedule, server } = stateOf(this, 'metrics');
    const { prefix, labels } = asked(given);
    const now = clock();
    // Otherwise a process that only measures would read everything unfolded again each time.
    ofVersion(() => addon.foldHistory(connection));
    const read = [rows, ofBoard, endedRuns, limits, budgets];
    const families = inSnapshot(connection, () => read.flatMap((look) => ofVersion(() => look(this, now))));
    // A server has no file here, and backups of its own.
    const onDisk = server !== null ? [] : [...file(this.db), ...backups(this.db, schedule)];
    const own = [...about(server === null ? this.db : undefined), ...onDisk, ...answers(kept)];
    return exposition([...own, ...families], prefix, labels);
  },
};

function asked(given) {
  const { prefix = 'visual_db_', labels = {} } = options('metrics', 'options', given, knownKeys.metrics);
  if (typeof prefix !== 'string') {
    throw wrongType('metrics', 'prefix', prefix, `metrics: prefix must be a string, got ${describe(prefix)}`);
  }
  if (prefix !== '' && !NAME.test(prefix)) {
    const must = 'must be letters, digits and _, not beginning with a digit';
    throw wrongValue('metrics', 'prefix', prefix, `metrics: prefix ${must}, got ${describe(prefix)}`);
  }
  if (typeof labels !== 'object' || labels === null) {
    throw wrongType('metrics', 'labels', labels, `metrics: labels must be an object, got ${describe(labels)}`);
  }
  for (const [name, value] of Object.entries(labels)) {
    if (!NAME.test(name) || name.startsWith('__')) {
      throw wrongValue(
        'metrics',
        'labels',
        labels,
        `metrics: labels has ${describe(name)}, which is no name of a label`,
      );
    }
    if (typeof value === 'string') continue;
    throw wrongType('metrics', 'labels', value, `metrics: labels.${name} must be a string, got ${describe(value)}`);
  }
  return { prefix, labels };
}

/** Leaves out what a file at an older version has no tables for, or an engine can't tell. */
function ofVersion(look) {
  try {
    return look();
  } catch (error) {
    if (error.code === 'ERR_SCHEMA_OLDER' || error.code === 'ERR_ENGINE_UNSUPPORTED') return [];
    throw error;
  }
}

const about = (raw) => [
  gauge('info', 'The version of the package, and of the schema of a file.', [
    [{ version, ...(raw && { schema: String(raw.pragma('user_version', { simple: true })) }) }, 1],
  ]),
];

function rows(database) {
  const stats = database.getStats();
  return [
    gauge('worktrees', 'Worktrees on the board.', [[{}, stats.worktrees]]),
    gauge('zones', 'Zones on the board.', [[{}, stats.zones]]),
    gauge('assignments', 'Worktrees that are in a zone.', [[{}, stats.assignments]]),
    gauge('executions', 'Executions in the history, also of archived worktrees.', [[{}, stats.executions]]),
  ];
}

/** Metrics of the board. Reading it with its runs is most of what measuring costs, so it is read once. */
function ofBoard(database, now) {
  const board = database.getBoard({ runs: true });
  return [...zones(board), ...openRuns(database, board, now)];
}

function zones({ zones: all, assignments }) {
  const inZone = counted(assignments);
  return [
    gauge(
      'zone_worktrees',
      'Worktrees in a zone.',
      all.map(({ id }) => [{ zone: id }, inZone.get(id) ?? 0]),
    ),
    gauge(
      'zone_worktrees_limit',
      'How many worktrees may be in a zone (setWipLimit).',
      all.map(({ id, wipLimit }) => [{ zone: id }, wipLimit]),
    ),
  ];
}

function counted(assignments) {
  const counts = new Map();
  for (const { zoneId } of assignments) counts.set(zoneId, (counts.get(zoneId) ?? 0) + 1);
  return counts;
}

/** The runs with a status, oldest first, page by page. */
function* runsIn(database, status, limit) {
  for (let after; after !== null;) {
    const page = database.listRuns({ status, orderBy: 'oldest', limit, after });
    yield* page.items;
    after = page.next;
  }
}

/** Open runs by status. The queued ones are those that neither run nor wait: these are no more than there are workers and questions. */
function openRuns(database, { worktrees }, now) {
  const open = worktrees.reduce((sum, { openRuns: its }) => sum + its, 0);
  const running = [...runsIn(database, 'running', 1000)];
  const waiting = [...runsIn(database, 'waiting', 1000)].length;
  const expired = running.filter(({ leaseExpiresAt }) => Date.parse(leaseExpiresAt) < now).length;
  const longest = running.reduce((least, { startedAt }) => Math.min(least, Date.parse(startedAt)), now);
  const counts = { queued: open - running.length - waiting, running: running.length, waiting };
  return [
    gauge(
      'runs',
      'Runs that have not ended, by status.',
      Object.entries(counts).map(([status, count]) => [{ status }, count]),
    ),
    gauge('queue_oldest_age_seconds', 'For how long the oldest queued run could have been claimed; 0: none can be.', [
      [{}, seconds(now - dueSince(database, now))],
    ]),
    gauge('leases_expired', 'Running runs whose worker has let its lease run out.', [[{}, expired]]),
    gauge('running_oldest_age_seconds', 'Since when the oldest running run runs; 0: none does.', [
      [{}, seconds(now - longest)],
    ]),
  ];
}

/** Since when the first queued run may be claimed. No run may be claimed before it was created, so later ones need no check. */
function dueSince(database, now) {
  let since = now;
  for (const { createdAt, availableAt } of runsIn(database, 'queued', 20)) {
    if (Date.parse(createdAt) >= since) break;
    since = Math.min(since, Date.parse(availableAt));
  }
  return since;
}

/** Gauges of the last hour, no counters: deleted or pruned runs no longer count, which a counter would show as a reset. */
function endedRuns(database, now) {
  const of = (filter) => {
    const hours = database.getTrend({ bucket: 'hour', since: new Date(now - HOUR), until: new Date(now), ...filter });
    return {
      runs: sum(hours, 'runs'),
      tokens: [sum(hours, 'inputTokens'), sum(hours, 'outputTokens')],
      cost: sum(hours, 'costMicros'),
    };
  };
  const { tokens, cost } = of({});
  const [inputTokens, outputTokens] = tokens;
  return [
    gauge(
      'runs_ended_last_hour',
      'Runs that ended in the last hour, by status.',
      ENDED.map((status) => [{ status }, of({ status }).runs]),
    ),
    gauge('tokens_last_hour', 'Tokens of the runs that ended in the last hour.', [
      [{ direction: 'input' }, inputTokens],
      [{ direction: 'output' }, outputTokens],
    ]),
    gauge('cost_last_hour', 'What the runs that ended in the last hour cost.', [[{}, cost / MICROS]]),
  ];
}

const sum = (rows, field) => rows.reduce((total, row) => total + (row[field] ?? 0), 0);

function limits(database) {
  const of = ({ scope }) => ({ zone: scope.zoneId ?? '', agent: scope.agentType ?? '' });
  const all = database.getRunLimits();
  return [
    gauge(
      'run_limit',
      'How many runs may run at once (setRunLimit).',
      all.map((limit) => [of(limit), limit.limit]),
    ),
    gauge(
      'run_limit_running',
      'How many of them run.',
      all.map((limit) => [of(limit), limit.running]),
    ),
  ];
}

function budgets(database) {
  const all = database.getBudgets().map(({ scope, ...amounts }) => [
    {
      zone: scope.zoneId ?? '',
      worktree: scope.worktreeId ?? '',
      agent: scope.agentType ?? '',
      period: scope.period,
    },
    amounts,
  ]);
  const of = (field) => all.map(([labels, amounts]) => [labels, amounts[field] / MICROS]);
  return [
    gauge('budget_limit', 'What runs may cost in a period (setBudget).', of('limitMicros')),
    gauge('budget_spent', 'What was spent in the period that is now.', of('spentMicros')),
  ];
}

function file(raw) {
  if (raw.memory) return [];
  const bytes = (name) => fs.statSync(name, { throwIfNoEntry: false })?.size ?? 0;
  const free = raw.pragma('freelist_count', { simple: true }) * raw.pragma('page_size', { simple: true });
  return [
    gauge('database_bytes', 'The size of the file.', [[{}, bytes(raw.name)]]),
    gauge('database_free_bytes', 'How much of it is in use for nothing (visual-db vacuum).', [[{}, free]]),
    gauge('wal_bytes', 'The size of the write-ahead log.', [[{}, bytes(`${raw.name}-wal`)]]),
  ];
}

function backups(raw, schedule) {
  if (raw.memory) return [];
  const { listBackups } = require('../backup/backups.js');
  const folder = schedule?.folder ?? path.join(path.dirname(fs.realpathSync(raw.name)), 'backups');
  const all = fs.existsSync(folder) ? listBackups(folder) : [];
  const times = all.map(({ createdAt }) => Date.parse(createdAt)).filter((time) => !Number.isNaN(time));
  const newest = times.length === 0 ? null : Math.max(...times);
  return [
    gauge('backups', 'Backups in the folder of backups.', [[{}, all.length]]),
    gauge('backup_newest_timestamp_seconds', 'When the newest of them was made.', [[{}, seconds(newest)]]),
  ];
}

function answers(kept) {
  const { answers: count, bytes, limit, hits, misses } = kept.usage();
  return [
    gauge('kept_answers', 'Answers that this process keeps for reads that repeat.', [[{}, count]]),
    gauge('kept_answers_bytes', 'How much memory they take.', [[{}, bytes]]),
    gauge('kept_answers_limit_bytes', 'How much they may take (cacheSize).', [[{}, limit]]),
    counter('kept_answers_hits_total', 'Reads that such an answer was given to.', [[{}, hits]]),
    counter('kept_answers_misses_total', 'Reads that it was not there for.', [[{}, misses]]),
  ];
}

module.exports = { methods };
