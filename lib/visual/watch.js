'use strict';

// `watch`: the feed as it comes. Between commits it sleeps (see commits.js); each one costs a look behind where it was.

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

/** What can be watched is in the log, but for output, which only who asks for it is told of. */
const WATCHED = [...ENTITIES, 'output'];

/** How many changes are read at a time. */
const BATCH = 500;

/** How soon it looks again whether the caller's own transaction is over, in milliseconds. */
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

/** An async iterator of changes. Whoever waits for the next one keeps the process alive, and nothing else of it does. */
class Watch {
  #connection;
  /** Which entities of the log are read, and which are given. */
  #bits;
  #wanted;
  #output;
  /** Behind what was read, and behind what was given. */
  #read;
  #given;
  /** What was read and is still to be given, from an index on. */
  #ready = [];
  #next = 0;
  /** How many commits there were at the last look. */
  #seen;
  /** One call after the other. */
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
    // What runs do tells which of them may have printed something.
    this.#bits = bitsOf(this.#output && logged ? [...logged, 'run'] : logged);
    this.#signal = signal ?? undefined;
    this.#signal?.addEventListener('abort', this.#abort);
  }

  /** What `after` takes to go on behind the change that was given last. */
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
        // In a transaction of the caller's own, what is read could yet be taken back.
        const isAtRest = addon.isAtRest(this.#connection);
        if (isAtRest && since !== this.#seen) {
          // A full batch is not the last.
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
    // Output is in no log, and has no place in it.
    if (place !== null) this.#given = place;
    // Behind the last of a batch may be rows that nobody is shown.
    if (this.#next === this.#ready.length) this.#given = this.#read;
    return { done: false, value: change };
  }

  /** Reads what is new; whether there may be more. */
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
