'use strict';

const addon = require('../native/addon.js');
const { list } = require('../native/objects.js');
const { describe, options } = require('./arguments.js');
const { assignment } = require('./assignments.js');
const { boardWorktree, boardWorktreeWithRuns, boardZone } = require('./board_fields.js');
const { endOf } = require('./cursors.js');
const { wrongType } = require('./errors.js');
const knownKeys = require('./known_keys.js');
const { stateOf } = require('./state.js');

/** The method of VisualDatabase that reads all of the board. */
const methods = {
  getBoard(given) {
    const { connection, kept } = stateOf(this, 'getBoard');
    const runs = withRuns(options('getBoard', 'options', given, knownKeys.board).runs);
    const key = runs ? 'runs' : '';
    const generation = addon.generation(connection);
    const known = kept.board.get(key);
    if (generation !== 0 && kept.board.generationOf(known) === generation) return kept.board.again(known);
    const board = inSnapshot(connection, () => ({
      zones: list(boardZone, addon.listZonesOfBoard(connection, 0), connection),
      worktrees: list(
        runs ? boardWorktreeWithRuns : boardWorktree,
        addon.listWorktreesOfBoard(connection, 0, runs),
        connection,
      ),
      assignments: list(assignment, addon.listAssignments(connection, 0), connection),
      next: endOf(connection),
    }));
    const unchanged = addon.generation(connection) === generation;
    return kept.board.keep(key, board, unchanged ? generation : 0);
  },
};

/** Whether runs are asked for. */
function withRuns(runs) {
  if (runs === undefined || runs === null) return false;
  if (typeof runs === 'boolean') return runs;
  throw wrongType('getBoard', 'runs', runs, `getBoard: runs must be a boolean, got ${describe(runs)}`);
}

/** Reads in several steps as if in one. */
function inSnapshot(connection, read) {
  const begun = addon.beginSnapshot(connection);
  try {
    return read();
  } finally {
    if (begun) addon.endSnapshot(connection);
  }
}

// As constants of their own the engine puts them into the loops.
const { copy: copyZone } = boardZone;
const { copy: copyWorktree } = boardWorktree;
const { copy: copyAssignment } = assignment;

const copyBoard = (board) => ({
  zones: board.zones.map(copyZone),
  worktrees: board.worktrees.map(copyWorktree),
  assignments: board.assignments.map(copyAssignment),
  next: board.next,
});

module.exports = { methods, copyBoard, inSnapshot };
