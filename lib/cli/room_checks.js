'use strict';

// What takes up the room in a file, and what retention would free.

const fs = require('node:fs');
const { note, ok } = require('./checks.js');
const { size } = require('./output.js');
const { policyText } = require('./policy_options.js');

/** Below this size retention is not worth a note. */
const MUCH = 100 * 1024 * 1024;
/** The policy that is tried where the file has none. */
const USUAL = { bodies: '30d' };

const KINDS = {
  output: ['run_output'],
  log: ['changes', 'changes_unread', 'changes_spans', 'boards', 'undo_steps'],
  'runs and executions': [
    'zone_executions',
    'archived_executions',
    'runs',
    'run_attempts',
    'run_models',
    'usage_events',
  ],
  history: ['history', 'history_models', 'rollups', 'rollups_kept'],
};

function room({ database }) {
  const rows = database
    .prepare(
      `SELECT s.name, iif(m.type = 'index', 'index', 'table') AS type, s.pgsize AS bytes
       FROM dbstat AS s LEFT JOIN sqlite_schema AS m ON m.name = s.name WHERE s.aggregate = TRUE`,
    )
    .all();
  const pageSize = database.pragma('page_size', { simple: true });
  const free = database.pragma('freelist_count', { simple: true }) * pageSize;
  const kinds = new Map();
  const add = (kind, bytes) => kinds.set(kind, (kinds.get(kind) ?? 0) + bytes);
  for (const { name, type, bytes } of rows) {
    const kind = Object.entries(KINDS).find(([, names]) => names.includes(name))?.[0];
    add(type === 'index' ? 'indexes' : (kind ?? 'the rest'), bytes);
  }
  if (free > 0) add('free pages', free);
  const parts = [...kinds].toSorted(([, a], [, b]) => b - a);
  return ok(parts.map(([kind, bytes]) => `${kind} ${size(bytes)}`).join(', '));
}

/** Whether the history, which tells what is old, is folded from the log, but for its latest rows at most. */
const IS_READ = `SELECT (SELECT seq FROM changes ORDER BY seq DESC LIMIT 1) - (SELECT seq FROM changes_readers WHERE name = 'history') < 1000
  AND NOT EXISTS (SELECT 1 FROM history_building)`;

function retention({ file, database: raw }) {
  const { status } = require('../entry/parts').schema;
  const { state, version, latest, reasons } = status(file);
  if (version !== latest || state !== 'current' || reasons.length > 0)
    return ok('left until the schema is as it must be');
  const { VisualDatabase } = require('../index.js');
  const database = new VisualDatabase({ dbPath: file, readonly: true, fileMustExist: true });
  try {
    const policy = database.getRetention();
    const { every, ...kept } = policy ?? USUAL;
    const { runs, bodies, bytes } = database.prune({ ...kept, dryRun: true });
    if (!raw.prepare(IS_READ).pluck().get()) {
      const said = policy === null ? 'none is set' : `kept: ${policyText(kept)}`;
      return ok(`${said}; what would go says npx --no -- visual-db prune --dry-run`);
    }
    const gives = `${runs} runs and prompts and results of ${bodies}, ${size(bytes)}`;
    if (policy !== null) return ok(`kept: ${policyText(kept)}; to be pruned now: ${gives}`);
    const isLarge = fs.statSync(file).size > MUCH;
    const finding = `none is set; bodies older than 30 days: of ${bodies} runs, ${size(bytes)}`;
    if (!isLarge) return ok(finding);
    return note(
      `${finding}, and the file grows`,
      'npx --no -- visual-db retention set --bodies 30d (docs/retention.md)',
    );
  } finally {
    database.close();
  }
}

module.exports = { ROOM: { room, retention } };
