'use strict';

const rows = require('./rows.js');

/** What an answer costs beside its cells, in bytes, about: its place in a map. */
const OVERHEAD = 200;

/**
 * Answers that still hold, so that a read that is repeated while nobody commits needs no SQLite.
 *
 * The addon says of which generation of the content the rows of a call are, and instead of reading again it answers
 * `null` where the generation that it is told is still the current one. Every commit of every process begins a new
 * generation, so no answer is ever stale; those of an earlier one are dropped together.
 */
class Answers {
  #limit;
  #bytes = 0;
  #generation = 0;
  #maps = [];

  /** @param {number} limit in bytes; 0 keeps nothing */
  constructor(limit) {
    this.#limit = limit;
  }

  /** A map of answers by argument, for one method. */
  map() {
    const map = new Map();
    this.#maps.push(map);
    return map;
  }

  /** What to tell the addon: the generation of the answers where there is one, else 0. */
  known(answer) {
    return answer === undefined ? 0 : this.#generation;
  }

  /**
   * Keeps a copy of an answer and returns the answer. The first read of a generation keeps nothing: where somebody
   * commits before every read, keeping would only cost.
   */
  keep(map, key, answer, copy, generation = rows.generation()) {
    const bytes = OVERHEAD + rows.volume();
    if (generation !== this.#generation) this.#begin(generation);
    else if (generation !== 0 && typeof key === 'string' && this.#makeRoom(bytes)) {
      try {
        map.set(key, copy(answer));
      } catch {
        // JSON so deep that copying it overflows the stack is read anew each time.
      }
    }
    return answer;
  }

  #begin(generation) {
    if (generation === 0) return; // Nothing is known of the content: a transaction is open, say.
    this.#drop();
    this.#generation = generation;
  }

  #makeRoom(bytes) {
    // What is there stays until the next commit: what took its place would be garbage that has outlived many calls, of
    // which several times the limit piles up before it is collected.
    if (this.#bytes + bytes > this.#limit) return false;
    this.#bytes += bytes;
    return true;
  }

  #drop() {
    if (this.#bytes === 0) return;
    for (const map of this.#maps) map.clear();
    this.#bytes = 0;
  }
}

module.exports = { Answers };
