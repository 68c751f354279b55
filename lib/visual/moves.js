'use strict';

const addon = require('../native/addon.js');
const { list } = require('../native/objects.js');
const rows = require('../native/rows.js');
const { within, BEGIN_IMMEDIATE } = require('../native/transaction.js');
const { each, describe, fields, group, instant, name, objectText, options } = require('./arguments.js');
const { inSnapshot } = require('./board.js');
const { wrongType } = require('./errors.js');
const { worktree } = require('./fields.js');
const { json } = require('./json.js');
const knownKeys = require('./known_keys.js');
const { limitOf, pageOf, positionOf } = require('./pages.js');
const { run } = require('./run_fields.js');
const { stateOf } = require('./state.js');

/** How many moves one call of the addon gives: their rows fit one batch. */
const BATCH = 200;

/** A change of a worktree's zone. */
const move = {
  width: 10,
  make: (at) => {
    const id = rows.cell(at);
    return {
      id,
      worktreeId: rows.cell(at + 1),
      from: rows.cell(at + 2),
      to: rows.cell(at + 3),
      at: rows.cell(at + 4),
      by: json(JSON.parse, rows.cell(at + 5), 'null', 'move', id, 'by'),
      reason: rows.cell(at + 6),
      branchName: rows.cell(at + 7),
      fromName: rows.cell(at + 8),
      toName: rows.cell(at + 9),
    };
  },
};

/** A move, and the position after it in the list. */
const listed = { width: move.width + 1, make: (at) => ({ position: [rows.cell(at)], item: move.make(at + 1) }) };

/** The result of a drop: a row of the worktree, one of the move if there was one, then the runs. */
function dropped(text) {
  const count = rows.count();
  rows.open(text, run.width);
  try {
    const made = { worktree: worktree.make(0), move: null, runs: [] };
    let at = worktree.width;
    if (count > 1) made.move = move.make(at);
    at += move.width;
    for (let row = 2; row < count; row += 1, at += run.width) made.runs.push(run.make(at));
    return made;
  } finally {
    rows.close();
  }
}

/** Makes a move from the arguments that were given for it. */
function make({ connection, strict }, now, method, worktreeId, zoneId, given) {
  const { position, reason, expectedZoneId, overLimit, enqueue, variables } = given;
  if (enqueue !== undefined && enqueue !== null && typeof enqueue !== 'boolean') {
    throw wrongType(method, 'enqueue', enqueue, `${method}: enqueue must be a boolean, got ${describe(enqueue)}`);
  }
  const { x, y } = group(method, 'position', position, knownKeys.position, strict);
  const named = objectText(method, 'variables', variables);
  const text = enqueue ? (named ?? '{}') : undefined;
  return dropped(
    addon.moveWorktree(
      connection,
      now,
      worktreeId,
      zoneId,
      x,
      y,
      reason,
      expectedZoneId,
      overLimit,
      text,
      method === 'moveWorktrees',
    ),
  );
}

/** The methods of VisualDatabase that move worktrees between zones, and tell who did. */
const methods = {
  moveWorktree(worktreeId, zoneId, given) {
    const state = stateOf(this, 'moveWorktree');
    const read = options('moveWorktree', 'options', given, knownKeys.move);
    return make(state, state.clock(), 'moveWorktree', worktreeId, zoneId, read);
  },

  moveWorktrees(moves) {
    const state = stateOf(this, 'moveWorktrees');
    const wanted = [];
    each('moveWorktrees', 'moves', moves, (move, index) => {
      const given = fields('moveWorktrees', `moves[${index}]`, move, knownKeys.moveOfMany, true);
      const { worktreeId, zoneId, ...rest } = given;
      wanted.push([worktreeId, zoneId, rest]);
    });
    return within(state.connection, BEGIN_IMMEDIATE, () => {
      const now = state.clock();
      const made = [];
      each('moveWorktrees', 'moves', wanted, (given) => {
        made.push(make(state, now, 'moveWorktrees', ...given));
      });
      return made;
    });
  },

  getMoves(filter) {
    const { connection } = stateOf(this, 'getMoves');
    const given = options('getMoves', 'filter', filter, knownKeys.moveFilter);
    const { worktreeId, zoneId, since, until, limit, after } = given;
    const most = limitOf('getMoves', limit);
    const of = [
      name('getMoves', 'worktreeId', worktreeId),
      name('getMoves', 'zoneId', zoneId),
      instant('getMoves', 'since', since) ?? null,
      instant('getMoves', 'until', until) ?? null,
    ];
    const key = JSON.stringify(of);
    const position = positionOf('getMoves', key, after, [Number.MAX_SAFE_INTEGER]);
    addon.foldMoves(connection);
    const read = (behind, count) => list(listed, addon.listMoves(connection, count, ...behind, ...of), connection);
    return inSnapshot(connection, () => pageOf(key, position, most, BATCH, read));
  },
};

module.exports = { methods };
