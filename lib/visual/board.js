'use strict';

const addon = require('../native/addon.js');
const { list } = require('../native/objects.js');
const { describe, instant, options } = require('./arguments.js');
const { assignment } = require('./assignments.js');
const { boardWorktree, boardWorktreeWithRuns, boardZone } = require('./board_fields.js');
const { cursorOf, endOf, placeAt } = require('./cursors.js');
const { wrongType, wrongValue } = require('./errors.js');
const knownKeys = require('./known_keys.js');
const { stateOf } = require('./state.js');

/** The method of VisualDatabase that reads all of the board. */
const methods = {
  getBoard(given) {
    const { connection, kept } = stateOf(this, 'getBoard');
    const read = options('getBoard', 'options', given, knownKeys.board);
    const runs = withRuns(read.runs);
    const at = instant('getBoard', 'at', read.at);
    if (typeof at === 'number') return boardAt(connection, at, read) ?? methods.getBoard.call(this);
    const key = runs ? 'runs' : '';
    const generation = addon.generation(connection);
    const known = kept.boards.ofGeneration(key, generation) ?? renewed(connection, kept.boards, key, generation);
    if (known !== undefined) return known;
    let fingerprint;
    const board = inSnapshot(connection, () => {
      fingerprint = addon.fingerprintOfBoard(connection);
      return {
        zones: list(boardZone, addon.listZonesOfBoard(connection, 0), connection),
        worktrees: list(
          runs ? boardWorktreeWithRuns : boardWorktree,
          addon.listWorktreesOfBoard(connection, 0, runs),
          connection,
        ),
        assignments: list(assignment, addon.listAssignments(connection, 0), connection),
        next: endOf(connection),
      };
    });
    const unchanged = addon.generation(connection) === generation;
    return kept.boards.keep(key, board, fingerprint, unchanged ? generation : 0);
  },
};

/** The board as it was at a time; `undefined` where nothing has changed since. */
function boardAt(connection, at, { at: given, runs }) {
  if (runs) throw wrongValue('getBoard', 'runs', runs, 'getBoard: runs are of now, so not with at');
  const place = placeThen(connection, at, given);
  if (place === null) return undefined;
  try {
    return {
      zones: list(boardZone, addon.listBoardAt(connection, 0), connection),
      worktrees: list(boardWorktree, addon.listBoardAt(connection, 1), connection),
      assignments: list(assignment, addon.listBoardAt(connection, 2), connection),
      next: cursorOf(placeAt(place)),
    };
  } finally {
    addon.abandon(connection);
  }
}

/** Has the addon read the board of a time, and gives its place in the log. */
function placeThen(connection, at, given) {
  try {
    return addon.readBoardAt(connection, at);
  } catch (error) {
    throw error.field === 'at' ? Object.assign(error, { value: given }) : error;
  }
}

/** A kept board that still holds, since later commits changed nothing that it shows. */
function renewed(connection, boards, key, generation) {
  if (generation === 0 || !boards.has(key)) return undefined;
  const fingerprint = addon.fingerprintOfBoard(connection);
  return addon.generation(connection) === generation ? boards.ofFingerprint(key, fingerprint, generation) : undefined;
}

/** Whether runs are asked for. */
function withRuns(runs) {
  if (runs === undefined || runs === null) return false;
  if (typeof runs === 'boolean') return runs;
  throw wrongType('getBoard', 'runs', runs, `getBoard: runs must be a boolean, got ${describe(runs)}`);
}

/** Runs several reads in one snapshot. */
function inSnapshot(connection, read) {
  const begun = addon.beginSnapshot(connection);
  try {
    return read();
  } finally {
    if (begun) addon.endSnapshot(connection);
  }
}

// Constants, so that the engine inlines them into the loops.
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
