'use strict';

const addon = require('../native/addon.js');
const { list } = require('../native/objects.js');
const { assignment } = require('./assignments.js');
const { endOf } = require('./cursors.js');
const { worktree, zone } = require('./fields.js');
const { stateOf } = require('./state.js');

/** The method of VisualDatabase that reads all of the board. */
const methods = {
  getBoard() {
    const { connection, kept } = stateOf(this, 'getBoard');
    const generation = addon.generation(connection);
    const known = kept.board.get('');
    if (generation !== 0 && kept.board.generationOf(known) === generation) return kept.board.again(known);
    const board = inSnapshot(connection, () => ({
      zones: list(zone, addon.listZones(connection, 0), connection),
      worktrees: list(worktree, addon.listWorktrees(connection, 0), connection),
      assignments: list(assignment, addon.listAssignments(connection, 0), connection),
      next: endOf(connection),
    }));
    const unchanged = addon.generation(connection) === generation;
    return kept.board.keep('', board, unchanged ? generation : 0);
  },
};

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
const { copy: copyZone } = zone;
const { copy: copyWorktree } = worktree;
const { copy: copyAssignment } = assignment;

const copyBoard = (board) => ({
  zones: board.zones.map(copyZone),
  worktrees: board.worktrees.map(copyWorktree),
  assignments: board.assignments.map(copyAssignment),
  next: board.next,
});

module.exports = { methods, copyBoard, inSnapshot };
