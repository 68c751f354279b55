'use strict';

// `watch`: the feed as it comes. Between commits it sleeps (see commits.js); each commit costs one read of the log after its place.

const addon = require('../native/addon.js');
const { disposedBy } = require('../native/disposable.js');
const { options } = require('./arguments.js');
const { inSnapshot } = require('./board.js');
const { ENTITIES } = require('./change_fields.js');
const { bitsOf, entitiesOf, readChanges } = require('./changes.js');
const { checkSignal, commits, waitForCommit } = require('./commits.js');
const { cursorOf, endPlace, placeOf } = require('./cursors.js');
const knownKeys = require('./known_keys.js');
const { OutputNews } = require('./output_news.js');
const { stateOf } = require('./state.js');

const METHOD = 'watch';

/** What can be watched: the entities of the log, and output, which is only reported where it is asked for. */
const WATCHED = [...ENTITIES, 'output'];

/** How many changes are read at a time. */
const BATCH = 500;

/** How soon it checks again whether the caller's own transaction is over, in milliseconds. */
const SOON = 50;

const DONE = Object.freeze({ done: true, value: undefined });

/** The method of VisualDatabase that follows the feed. */
const methods = {
  watch(given) {
    const { connection } = stateOf(this, METHOD);
    const { after, entities, signal } = options(METHOD, 'options', given, knownKeys.watch);
    checkSignal(METHOD, signal ?? undefined);
    return inSnapshot(
      connection,
      () =>
        new Watch(
          connection,
          placeOf(METHOD, after) ?? endPlace(connection),
          entitiesOf(METHOD, entities, WATCHED),
          signal,
        ),
    );
  },
};

/** An async iterator of changes. It keeps the process alive only while somebody waits for the next one. */
class Watch {
  #connection;
  /** Which entities of the log are read, and which are given to the caller. */
  #bits;
  #wanted;
  #output;
  /** The places after what was read, and after what was given. */
  #read;
  #given;
  /** Changes that were read; from index `#next` on they are still to be given. */
  #ready = [];
  #next = 0;
  /** How many commits there were at the last look. */
  #seen;
  /** The promise of the last call: calls are served one after the other. */
  #last = Promise.resolve();
  #stop = new AbortController();
  #hasEnded = false;
  #signal;
  #abort = () => this.#stop.abort();

  constructor(connection, place, names, signal) {
    this.#connection = connection;
    this.#read = place;
    this.#given = place;
    this.#wanted = names;
    const logged = names?.filter((name) => name !== 'output');
    this.#output = names?.includes('output') ? new OutputNews(connection) : undefined;
    // Changes of runs tell which of them may have printed something.
    this.#bits = bitsOf(this.#output && logged ? [...logged, 'run'] : logged);
    this.#signal = signal ?? undefined;
    this.#signal?.addEventListener('abort', this.#abort);
  }

  /** The `after` that goes on after the change that was given last. */
  get position() {
    return this.#given === null ? null : cursorOf(this.#given);
  }

  next() {
    const result = this.#last.then(() => this.#take());
    this.#last = result.catch(() => {});
    return result;
  }

  return(value) {
    this.#end();
    return Promise.resolve({ done: true, value });
  }

  throw(error) {
    this.#end();
    return Promise.reject(error);
  }

  [Symbol.asyncIterator]() {
    return this;
  }

  #end() {
    this.#hasEnded = true;
    this.#ready = [];
    this.#signal?.removeEventListener('abort', this.#abort);
    this.#stop.abort();
  }

  async #take() {
    try {
      while (!this.#hasEnded) {
        this.#signal?.throwIfAborted();
        if (this.#next < this.#ready.length) return this.#give();
        const since = commits(this.#connection, METHOD);
        // In a transaction of the caller's own, what is read could still be rolled back.
        const isAtRest = addon.isAtRest(this.#connection);
        if (isAtRest && since !== this.#seen) {
          // After a full batch there may be more.
          if (!this.#look()) this.#seen = since;
          continue;
        }
        const dueAt = isAtRest ? Infinity : Date.now() + SOON;
        await waitForCommit(this.#connection, METHOD, { since, dueAt, signal: this.#stop.signal });
      }
      return DONE;
    } catch (error) {
      const wasEnded = this.#hasEnded;
      this.#end();
      if (wasEnded || !addon.isOpen(this.#connection)) return DONE;
      throw this.#signal?.aborted ? this.#signal.reason : error;
    }
  }

  #give() {
    const { place, change } = this.#ready[this.#next];
    this.#next += 1;
    // Output has no place in the log.
    if (place !== null) this.#given = place;
    // After the last change of a batch there may be rows that are not shown.
    if (this.#next === this.#ready.length) this.#given = this.#read;
    return { done: false, value: change };
  }

  /** Reads new changes, and says whether there may be more. */
  #look() {
    const { found, isFull } = inSnapshot(this.#connection, () => {
      const read = this.#read && readChanges(this.#connection, this.#read, this.#bits, BATCH);
      if (read === null) throw pruned();
      this.#read = read.place;
      return { found: this.#output ? this.#output.among(read.found) : read.found, isFull: read.found.length === BATCH };
    });
    this.#ready = this.#output ? found.filter(({ change }) => this.#wanted.includes(change.entity)) : found;
    this.#next = 0;
    if (this.#ready.length === 0) this.#given = this.#read;
    return isFull;
  }
}

disposedBy(Watch.prototype, Symbol.asyncDispose, async function dispose() {
  await this.return();
});

function pruned() {
  const message = `${METHOD}: the changes behind that position are not in the log any more: read getBoard() and go on from its \`next\``;
  return Object.assign(new Error(message), { code: 'ERR_HISTORY_PRUNED', method: METHOD });
}

module.exports = { methods };
