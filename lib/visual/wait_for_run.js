'use strict';

// `waitForRun`: a claim that waits until there is something to claim. However many callers wait on a connection, one loop waits for all
// of them, and of those that would take the same runs, only one tries while there is nothing to claim.

const addon = require('../native/addon.js');
const { checkSignal, commits, waitForCommit } = require('./commits.js');
const { Looks } = require('./looks.js');

const METHOD = 'waitForRun';

/** How soon the loop checks again whether the caller's own transaction is over, and the shortest wait for what is due, in milliseconds. */
const SOON = 50;

/** How `Claimants` waits on a file: by the watch on its commits. */
const watchOf = (connection) => ({
  since: () => commits(connection, METHOD),
  next: (until) => waitForCommit(connection, METHOD, until),
  came: () => {},
});

/**
 * The callers that wait for a run on a connection. `runs` has the operations on it:
 *
 * - `claim(wanted)`: a claimed run, or `null`. `wanted` is what the caller asked for;
 * - `nextDue()`: in how many milliseconds a run may become claimable without a commit (a lease ends, a delayed run's time comes, a
 *   budget's period is over), `null` for never;
 * - `news(after)`: `{ last, any }`: where the log of changes ends, and whether any row after `after` may have made a run claimable; also
 *   `true` where the log ends before `after`. It is one read of the log, and nothing else.
 */
class Claimants {
  #connection;
  #runs;
  #watch;
  /** The waiting callers, by what they would take, in the order in which they came. */
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
      // A loop that runs already may sleep for long, and this claim is still to be made.
      if (!mayClaim) this.#end();
      if (this.#stop === undefined) void this.#serve(since);
    });
  }

  /** Not in a transaction of the caller's own: a rollback would undo the claim and its rows in the log. */
  #mayClaim() {
    return addon.isAtRest(this.#connection);
  }

  /** Waits, and claims whenever there may be something to claim, until nobody waits any more. */
  async #serve(since) {
    const stop = new AbortController();
    this.#stop = stop;
    // `undefined`: the log hasn't been read yet, so anything may be new.
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
      // Another loop serves those that wait now.
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
          // An error of the database ends all waits; any other is about this caller's options alone.
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

  /** Settles a waiting caller, unless it has been settled already. */
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
