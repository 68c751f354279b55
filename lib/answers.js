'use strict';

const rows = require('./rows.js');

/** What an answer costs beside its text, in bytes, about: its object and its place in a map. */
const OVERHEAD = 500;

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
    if (generation !== this.#generation) this.#begin(generation);
    else if (generation !== 0 && typeof key === 'string' && this.#makeRoom(OVERHEAD + 2 * rows.volume())) {
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
    if (bytes > this.#limit) return false;
    // What is asked for again comes back soon; remembering who was asked for last would cost every call.
    if (this.#bytes + bytes > this.#limit) this.#drop();
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
