'use strict';

// `waitForRun`: a claim that waits until there is something to claim. However many wait on a connection, one loop waits for all
// of them, and of those who would take the same runs only one tries where nothing is to be had.

const addon = require('../native/addon.js');
const { checkSignal, commits, waitForCommit } = require('./commits.js');
const { Looks } = require('./looks.js');

const METHOD = 'waitForRun';

/** How soon it looks again whether the caller's own transaction is over, and at the soonest for what is due, in milliseconds. */
const SOON = 50;

/** What it is waited by on a file: the watch on its commits. */
const watchOf = (connection) => ({
  since: () => commits(connection, METHOD),
  next: (until) => waitForCommit(connection, METHOD, until),
  came: () => {},
});

/**
 * Who waits for a run on a connection. `runs` is what there is to do on it:
 *
 * - `claim(wanted)`: a claimed run, or `null`. `wanted` is what the caller asked for;
 * - `nextDue()`: in how many milliseconds something may be had though nobody does anything (a lease ends, a delayed run's time
 *   comes, a budget's period is over), `null` for never;
 * - `news(after)`: `{ last, any }`, where the log of changes ends, and whether of what is behind `after` anything may have
 *   brought a run that can be claimed; also where the log ends before. One read of the log, and nothing else.
 */
class Claimants {
  #connection;
  #runs;
  #watch;
  /** Who waits, by what they would take, in the order in which they came. */
  #groups = new Map();
  /** Ends the loop; `undefined` while there is none. */
  #stop;

  constructor(connection, runs, isServer) {
    this.#connection = connection;
    this.#runs = runs;
    this.#watch = isServer ? new Looks(connection) : watchOf(connection);
  }

  /** A promise of a claimed run. `takes` is a text that is the same for all who would take the same runs. */
  wait(wanted, takes, signal) {
    return new Promise((resolve, reject) => {
      checkSignal(METHOD, signal);
      signal?.throwIfAborted();
      const since = this.#watch.since();
      const mayClaim = this.#mayClaim();
      const claimed = mayClaim ? this.#runs.claim(wanted) : null;
      if (claimed !== null) return resolve(claimed);
      const claimant = { wanted, takes, signal, resolve, reject, abort: undefined };
      claimant.abort = () => this.#settle(claimant, () => reject(signal.reason));
      signal?.addEventListener('abort', claimant.abort);
      if (!this.#groups.has(takes)) this.#groups.set(takes, new Set());
      this.#groups.get(takes).add(claimant);
      // One that runs may wait for long, and this claim is still to be made.
      if (!mayClaim) this.#end();
      if (this.#stop === undefined) void this.#serve(since);
    });
  }

  /** In a transaction of the caller's own a claim could yet be taken back, and its rows of the log, too. */
  #mayClaim() {
    return addon.isAtRest(this.#connection);
  }

  /** Waits, and claims whenever there may be something to claim, until nobody waits any more. */
  async #serve(since) {
    const stop = new AbortController();
    this.#stop = stop;
    // Where nothing is known of the log, anything may be new.
    let last;
    try {
      let dueAt = this.#dueAt();
      while (!stop.signal.aborted) {
        const why = await this.#watch.next({ since, dueAt, signal: stop.signal });
        since = this.#watch.since();
        if (!this.#mayClaim()) {
          dueAt = Date.now() + SOON;
          continue;
        }
        const after = last;
        const news = this.#runs.news(after);
        last = news.last;
        if (why === 'commit' && after !== undefined && !news.any) continue;
        this.#claim();
        dueAt = this.#dueAt();
      }
    } catch (error) {
      // Whoever waits now has a loop of its own.
      if (this.#stop !== stop) return;
      for (const claimant of [...this.#groups.values()].flatMap((group) => [...group])) {
        this.#settle(claimant, () => claimant.reject(error));
      }
    }
  }

  #dueAt() {
    const soon = Date.now() + SOON;
    if (!this.#mayClaim()) return soon;
    const due = this.#runs.nextDue();
    return due === null ? Infinity : Math.max(soon, Date.now() + due);
  }

  /** Gives what can be claimed to those who have waited longest for it. */
  #claim() {
    for (const group of this.#groups.values()) {
      for (const claimant of group) {
        let claimed;
        try {
          claimed = this.#runs.claim(claimant.wanted);
        } catch (error) {
          // What the database says, it says to all; what is wrong with a wish is its own.
          if (error.name === 'SqliteError') throw error;
          this.#settle(claimant, () => claimant.reject(error));
          continue;
        }
        if (claimed === null) break;
        this.#watch.came();
        this.#settle(claimant, () => claimant.resolve(claimed));
      }
    }
  }

  /** Settles who waits, unless that was done before. */
  #settle(claimant, how) {
    const group = this.#groups.get(claimant.takes);
    if (!group?.delete(claimant)) return;
    claimant.signal?.removeEventListener('abort', claimant.abort);
    how();
    if (group.size === 0) this.#groups.delete(claimant.takes);
    if (this.#groups.size === 0) this.#end();
  }

  /** Ends the loop, if there is one. */
  #end() {
    this.#stop?.abort();
    this.#stop = undefined;
  }
}

module.exports = { Claimants };
