'use strict';

// Waiting for the next commit, whoever makes it. A thread of the addon polls, and wakes the waiters here; the process stays alive for as
// long as there are any. What this is built on, and what else was measured: docs/decisions/0025-waiting-for-commits.md.

const addon = require('../native/addon.js');
const { closedMeanwhile, wrongType } = require('./errors.js');

/** The waits, by connection, and by the number with which the addon wakes them. */
const waits = new Map();
const numbered = new Map();
let number = 0;

/** The waiters on a connection. */
class Wait {
  #connection;
  #waiters = new Set();
  #number;

  constructor(connection) {
    this.#connection = connection;
    // Numbers repeat after four thousand million: nobody waits that long.
    number = (number + 1) | 0;
    this.#number = number;
    if (numbered.size === 0) addon.wakeBy((woken) => numbered.get(woken)?.look());
    numbered.set(number, this);
    waits.set(connection, this);
  }

  add(waiter) {
    this.#waiters.add(waiter);
    this.look();
  }

  /** Settles a waiter, unless it has been settled already. */
  settle(waiter, how) {
    if (!this.#waiters.delete(waiter)) return;
    waiter.signal?.removeEventListener('abort', waiter.abort);
    how();
    if (this.#waiters.size > 0) return;
    addon.unwatch(this.#connection);
    waits.delete(this.#connection);
    numbered.delete(this.#number);
    if (numbered.size === 0) addon.wakeBy(null);
  }

  /** Settles the waiters that are due, and goes on waiting for the others. */
  look() {
    let waiting;
    do {
      try {
        waiting = !this.#settleSome() || addon.watch(this.#connection, this.#number, this.#seen(), this.#within());
      } catch (error) {
        for (const waiter of this.#waiters) {
          this.settle(waiter, () => waiter.reject(reason(this.#connection, waiter.method, error)));
        }
        return;
      }
      // `false`: somebody has committed in between.
    } while (!waiting);
  }

  /** Settles the waiters that have seen a commit or are due; `true` where some are left. */
  #settleSome() {
    const commits = addon.commits(this.#connection);
    const [wall, now] = [Date.now(), performance.now()];
    for (const waiter of this.#waiters) {
      if (waiter.since !== commits) this.settle(waiter, () => waiter.resolve('commit'));
      else if (waiter.dueAt <= wall || waiter.deadline <= now) this.settle(waiter, () => waiter.resolve('due'));
    }
    return this.#waiters.size > 0;
  }

  /** The number of commits that the waiters have seen, which is the same for all that are left. */
  #seen() {
    const [{ since }] = this.#waiters;
    return since;
  }

  /** In how many milliseconds the first waiter is due. */
  #within() {
    const [wall, now] = [Date.now(), performance.now()];
    let within = Infinity;
    for (const { dueAt, deadline } of this.#waiters) within = Math.min(within, dueAt - wall, deadline - now);
    return within;
  }
}

/** The error with which all waits on a connection end. */
const reason = (connection, method, error) => (addon.isOpen(connection) ? error : closedMeanwhile(method, error));

/** A number that changes with every commit, whoever makes it. */
function commits(connection, method) {
  try {
    return addon.commits(connection);
  } catch (error) {
    throw reason(connection, method, error);
  }
}

/**
 * A promise of `'commit'`, once anybody has committed after `commits` gave `since` (default: now), or of `'due'`, once it is `dueAt`
 * (milliseconds, as of `Date.now`). It is rejected with the reason of `signal` when that is aborted, and when the connection is closed or
 * its file removed.
 */
function waitForCommit(connection, method, { since, dueAt = Infinity, signal } = {}) {
  return new Promise((resolve, reject) => {
    checkSignal(method, signal);
    signal?.throwIfAborted();
    since ??= commits(connection, method);
    const deadline = performance.now() + dueAt - Date.now();
    const wait = waits.get(connection) ?? new Wait(connection);
    const waiter = { method, since, dueAt, deadline, signal, resolve, reject, abort: undefined };
    waiter.abort = () => wait.settle(waiter, () => reject(signal.reason));
    signal?.addEventListener('abort', waiter.abort);
    wait.add(waiter);
  });
}

/** Refuses what is no AbortSignal, of whichever realm. */
function checkSignal(method, signal) {
  if (signal === undefined) return;
  if (typeof signal?.aborted === 'boolean' && typeof signal.addEventListener === 'function') return;
  throw wrongType(method, 'signal', signal, `${method}: signal must be an AbortSignal, got ${typeof signal}`);
}

module.exports = { checkSignal, commits, waitForCommit };
