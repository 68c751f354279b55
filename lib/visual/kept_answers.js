'use strict';

// Kept answers: how long one holds, which methods have them, and how each is read and copied.

const { one, list } = require('../native/objects.js');
const rows = require('../native/rows.js');
const { zoneId } = require('./assignments.js');
const { copyBoard } = require('./board.js');
const { worktree, zone, execution } = require('./fields.js');
const { KeptBoardAnswers } = require('./kept_board_answers.js');
const { executionStats, databaseStats } = require('./statistics.js');

/** About how many bytes an answer takes beside its cells: its entry in a map. */
const OVERHEAD = 200;

/**
 * Answers that still hold, so that a read that is repeated while nobody commits needs no query.
 *
 * The addon says which generation of the content the rows of a call show. Given the generation of a kept answer, it returns `null`
 * instead of reading where that is still the current one. Every commit of every process begins a new generation, so no answer is ever
 * stale; those of an earlier one are dropped together.
 */
class AnswerCache {
  #limit;
  #bytes = 0;
  #generation = 0;
  #kept = [];
  /** How many reads were answered from here, and how many were not. */
  hits = 0;
  misses = 0;

  /** @param {number} limit in bytes; 0 keeps nothing */
  constructor(limit) {
    this.#limit = limit;
  }

  /**
   * The answers of one method, by its argument: `make` makes an answer from the text that a call returns, `copy` a caller's
   * own copy of an answer.
   */
  of(connection, how) {
    const kept = new Kept(this, connection, how);
    this.#kept.push(kept);
    return kept;
  }

  /** How many answers there are and what they take, for metrics. */
  usage() {
    const { hits, misses } = this;
    const answers = this.#kept.reduce((sum, kept) => sum + kept.size, 0);
    return { answers, bytes: this.#bytes, limit: this.#limit, hits, misses };
  }

  /** The generation of the answers. */
  get generation() {
    return this.#generation;
  }

  /**
   * Whether there is room for an answer of this size. The first read of a generation keeps nothing: where somebody
   * commits before every read, keeping would only cost.
   */
  takes(generation, bytes) {
    if (generation === this.#generation) return generation !== 0 && this.#makeRoom(bytes);
    this.#begin(generation);
    return false;
  }

  #begin(generation) {
    if (generation === 0) return; // The generation is not known: a transaction is open, say.
    this.#drop();
    this.#generation = generation;
  }

  #makeRoom(bytes) {
    // Kept answers stay until the next commit: replaced ones would be garbage in the old generation of the heap, of which several times
    // the limit piles up before it is collected.
    if (this.#bytes + bytes > this.#limit) return false;
    this.#bytes += bytes;
    return true;
  }

  #drop() {
    if (this.#bytes === 0) return;
    for (const kept of this.#kept) kept.clear();
    this.#bytes = 0;
  }
}

/** One method's answers. */
class Kept {
  #answers;
  #connection;
  #make;
  #copy;
  #map = new Map();

  constructor(answers, connection, { make, copy }) {
    this.#answers = answers;
    this.#connection = connection;
    this.#make = make;
    this.#copy = copy;
  }

  /** The kept answer for an argument, before it is known whether it still holds; `undefined` where there is none. */
  get(key) {
    return this.#map.get(key);
  }

  /** The generation to give the addon: that of a kept answer, 0 where there is none. */
  generationOf(known) {
    return known === undefined ? 0 : this.#answers.generation;
  }

  /** The answer of a call that returned `text`: the kept one where that still holds, else the one that was read. */
  answer(key, known, text) {
    if (text === null) {
      this.#answers.hits += 1;
      return this.again(known);
    }
    return this.keep(key, this.#make(text, this.#connection));
  }

  get size() {
    return this.#map.size;
  }

  /** A caller's own copy of an answer that still holds. */
  again(known) {
    return known === null ? null : this.#copy(known);
  }

  /** Keeps a copy of an answer that was just read, where there is room, and returns the answer. */
  keep(key, answer, generation = rows.generation()) {
    const bytes = OVERHEAD + rows.volume();
    this.#answers.misses += 1;
    if (typeof key === 'string' && this.#answers.takes(generation, bytes)) {
      try {
        this.#map.set(key, this.again(answer));
      } catch {
        // JSON so deep that copying it overflows the stack is not kept.
      }
    }
    return answer;
  }

  clear() {
    this.#map.clear();
  }
}

/** The answer is one object, or `null`. */
function oneOf(entity) {
  return { make: (text) => one(entity, text), copy: entity.copy };
}

/** The answer is a list of objects. */
function listOf(entity) {
  const { copy } = entity;
  return { make: (text, connection) => list(entity, text, connection), copy: (answers) => answers.map(copy) };
}

/** The kept answers of a connection, with at most `bytes` in all. */
function keptOf(connection, bytes) {
  // Pages of the history are large and many, so they have room of their own; boards do, too, since they outlive commits.
  const pages = new AnswerCache(bytes / 8);
  const answers = new AnswerCache(bytes - bytes / 8 - bytes / 4);
  const boards = new KeptBoardAnswers(bytes / 4, copyBoard);
  return {
    usage: () => total([pages, answers, boards].map((kept) => kept.usage())),
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
    boards,
  };
}

const total = (usages) =>
  Object.fromEntries(Object.keys(usages[0]).map((key) => [key, usages.reduce((sum, usage) => sum + usage[key], 0)]));

module.exports = { keptOf, AnswerCache };
