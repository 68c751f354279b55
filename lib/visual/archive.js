'use strict';

const addon = require('../native/addon.js');
const { list, one } = require('../native/objects.js');
const rows = require('../native/rows.js');
const { options } = require('./arguments.js');
const { metadataOf } = require('./beside.js');
const { inSnapshot } = require('./board.js');
const { worktree } = require('./fields.js');
const { json } = require('./json.js');
const knownKeys = require('./known_keys.js');
const { limitOf, pageOf, positionOf } = require('./pages.js');
const { stateOf } = require('./state.js');

/** How many worktrees one call of the addon gives: their rows fit one batch. */
const BATCH = 200;

const START = [Number.MAX_SAFE_INTEGER];

/** A worktree of the archive. */
const archived = {
  width: worktree.width + 8,
  make: (at) => {
    const of = worktree.make(at);
    const rest = at + worktree.width;
    return {
      key: rows.cell(rest),
      worktree: of,
      zoneId: rows.cell(rest + 1),
      archivedAt: rows.cell(rest + 2),
      by: json(JSON.parse, rows.cell(rest + 3), 'null', 'archived worktree', of.id, 'by'),
      reason: rows.cell(rest + 4),
      executions: rows.cell(rest + 5),
      costMicros: rows.cell(rest + 6),
      metadata: metadataOf(rows.cell(rest + 7) ?? ''),
    };
  },
};

/** The methods of VisualDatabase that take worktrees off the board and bring them back. */
const methods = {
  archiveWorktree(id, given) {
    const { connection, clock } = stateOf(this, 'archiveWorktree');
    const { reason } = options('archiveWorktree', 'options', given, knownKeys.archive);
    return one(archived, addon.archiveWorktree(connection, clock(), id, reason));
  },

  restoreWorktree(id, given) {
    const { connection, clock } = stateOf(this, 'restoreWorktree');
    const { port, key } = options('restoreWorktree', 'options', given, knownKeys.restoreWorktree);
    return one(worktree, addon.restoreWorktree(connection, clock(), id, port, key));
  },

  listArchived(given) {
    const { connection } = stateOf(this, 'listArchived');
    const { limit, after } = options('listArchived', 'options', given, knownKeys.page);
    const most = limitOf('listArchived', limit);
    const position = positionOf('listArchived', 'archived', after, START);
    const read = (behind, count) =>
      list(archived, addon.listArchived(connection, count, ...behind), connection).map((item) => ({
        item,
        position: [item.key],
      }));
    return inSnapshot(connection, () => pageOf('archived', position, most, BATCH, read));
  },
};

module.exports = { methods };
