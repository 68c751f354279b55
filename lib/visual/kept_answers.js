'use strict';

// Which answers are kept (see answer_cache.js), and how each is read and copied.

const { one, list } = require('../native/objects.js');
const { AnswerCache } = require('./answer_cache.js');
const { zoneId } = require('./assignments.js');
const { copyBoard } = require('./board.js');
const { worktree, zone, execution } = require('./fields.js');
const { KeptBoards } = require('./kept_boards.js');
const { executionStats, databaseStats } = require('./statistics.js');

/** The answer is one object, or `null`. */
function oneOf(entity) {
  return { make: (text) => one(entity, text), copy: entity.copy };
}

/** The answer is a list of objects. */
function listOf(entity) {
  const { copy } = entity;
  return { make: (text, connection) => list(entity, text, connection), copy: (answers) => answers.map(copy) };
}

/** The answers of a connection, of at most so many bytes. */
function keptOf(connection, bytes) {
  // Pages of the history are large and many: they never drive out the rest of the board. A board outlives commits.
  const pages = new AnswerCache(bytes / 8);
  const answers = new AnswerCache(bytes - bytes / 8 - bytes / 4);
  return {
    worktree: answers.of(connection, oneOf(worktree)),
    worktrees: answers.of(connection, listOf(worktree)),
    zone: answers.of(connection, oneOf(zone)),
    zones: answers.of(connection, listOf(zone)),
    worktreeZone: answers.of(connection, oneOf(zoneId)),
    worktreesInZone: answers.of(connection, listOf(worktree)),
    execution: pages.of(connection, oneOf(execution)),
    history: pages.of(connection, listOf(execution)),
    worktreeHistory: pages.of(connection, listOf(execution)),
    executionStats: answers.of(connection, oneOf(executionStats)),
    stats: answers.of(connection, oneOf(databaseStats)),
    boards: new KeptBoards(bytes / 4, copyBoard),
  };
}

module.exports = { keptOf };
