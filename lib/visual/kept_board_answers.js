'use strict';

const rows = require('../native/rows.js');

/** About how many bytes an answer takes beside its cells. */
const OVERHEAD = 200;

/**
 * Boards that still hold. Unlike other answers, they outlive commits that change nothing that a board shows (output,
 * heartbeats): each has a fingerprint, which the addon reads and which changes with anything that the board shows. Reading the
 * fingerprint costs a thousandth of reading the board.
 */
class KeptBoardAnswers {
  #limit;
  #copy;
  #kept = new Map();
  #seen = new Map();
  #hits = 0;
  #misses = 0;

  /** @param {number} limit in bytes, of all boards; 0 keeps nothing */
  constructor(limit, copy) {
    this.#limit = limit;
    this.#copy = copy;
  }

  /** Whether there is a board for a key, of whichever generation. */
  has(key) {
    return this.#kept.has(key);
  }

  /** A caller's own copy of the board of this generation; `undefined` where there is none. */
  ofGeneration(key, generation) {
    const kept = this.#kept.get(key);
    return generation !== 0 && kept?.generation === generation ? this.#again(kept.board) : undefined;
  }

  /** The same for the board with this fingerprint, which from then on is of this generation. */
  ofFingerprint(key, fingerprint, generation) {
    const kept = this.#kept.get(key);
    if (fingerprint === null || kept?.fingerprint !== fingerprint) return undefined;
    kept.generation = generation;
    return this.#again(kept.board);
  }

  #again(board) {
    this.#hits += 1;
    return this.#copy(board);
  }

  /** How many boards there are and what they take, for metrics. */
  usage() {
    return {
      answers: this.#kept.size,
      bytes: this.#bytes(),
      limit: this.#limit,
      hits: this.#hits,
      misses: this.#misses,
    };
  }

  #bytes() {
    return [...this.#kept.values()].reduce((sum, kept) => sum + kept.bytes, 0);
  }

  /**
   * Keeps a copy of a board that was just read, where there is room. The first one with a fingerprint isn't kept: where somebody
   * changes the board before every read, keeping would only cost.
   */
  keep(key, board, fingerprint, generation) {
    const bytes = OVERHEAD + rows.volume();
    this.#misses += 1;
    // A file of an earlier version has no fingerprint: then the generation decides.
    const sign = fingerprint ?? generation;
    const known = this.#seen.get(key) === sign;
    this.#seen.set(key, sign);
    this.#kept.delete(key);
    if (!known || generation === 0 || bytes + this.#bytes() > this.#limit) return board;
    try {
      this.#kept.set(key, { board: this.#copy(board), fingerprint, generation, bytes });
    } catch {
      // JSON so deep that copying it overflows the stack is not kept.
    }
    return board;
  }
}

module.exports = { KeptBoardAnswers };
