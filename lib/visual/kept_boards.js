'use strict';

const rows = require('../native/rows.js');

/** What an answer costs beside its cells, in bytes, about. */
const OVERHEAD = 200;

/**
 * Boards that still hold. Unlike other answers they outlive commits that change nothing that a board shows (output,
 * heartbeats): each has a mark, which the addon tells and which changes with anything that the board shows. Reading the
 * mark costs a thousandth of reading the board.
 */
class KeptBoards {
  #limit;
  #copy;
  #kept = new Map();
  #seen = new Map();
  #hits = 0;
  #misses = 0;

  /** @param {number} limit in bytes, of all of them; 0 keeps nothing */
  constructor(limit, copy) {
    this.#limit = limit;
    this.#copy = copy;
  }

  /** Whether there is one for a key, of whichever time. */
  has(key) {
    return this.#kept.has(key);
  }

  /** A caller's own copy of the one that is of this generation; `undefined` where there is none. */
  ofGeneration(key, generation) {
    const kept = this.#kept.get(key);
    return generation !== 0 && kept?.generation === generation ? this.#again(kept.board) : undefined;
  }

  /** The same of one that has this mark, which is of this generation, too, then. */
  ofMark(key, mark, generation) {
    const kept = this.#kept.get(key);
    if (mark === null || kept?.mark !== mark) return undefined;
    kept.generation = generation;
    return this.#again(kept.board);
  }

  #again(board) {
    this.#hits += 1;
    return this.#copy(board);
  }

  /** How much there is, for who measures it. */
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
   * Keeps a copy of a board that was just read, where there is room. The first one with a mark isn't kept: where somebody
   * changes the board before every read, keeping would only cost.
   */
  keep(key, board, mark, generation) {
    const bytes = OVERHEAD + rows.volume();
    this.#misses += 1;
    // Where the file has no mark, only the generation tells.
    const sign = mark ?? generation;
    const known = this.#seen.get(key) === sign;
    this.#seen.set(key, sign);
    this.#kept.delete(key);
    if (!known || generation === 0 || bytes + this.#bytes() > this.#limit) return board;
    try {
      this.#kept.set(key, { board: this.#copy(board), mark, generation, bytes });
    } catch {
      // JSON so deep that copying it overflows the stack is read again each time.
    }
    return board;
  }
}

module.exports = { KeptBoards };
