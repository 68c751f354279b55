'use strict';

// Pruning at intervals for as long as the database is open, by the option `retention` of VisualDatabase or the policy in the file. Of
// several processes, one prunes at a time, a slice at a time.

const addon = require('../native/addon.js');
const { one } = require('../native/objects.js');
const { EVERY, pruned, storedPolicy } = require('./prune.js');
const { duration, policyOf, saysAnything } = require('./policy.js');
const { wrongType } = require('./errors.js');

/** How long after the opening the first check comes: a process that opens a file for a moment does not prune it. */
const FIRST = 10_000;
/** How long a slice takes, and the pause after it, in which others get their turn; both in milliseconds. */
const SLICE = 20;
const PAUSE = 60;
/** The longest delay of a timer. */
const MAX_TIMEOUT = 2 ** 31 - 1;

/** The option, checked; `undefined` where the policy in the file applies, `null` where this process must not prune. */
function retentionOf(method, given) {
  if (given === undefined || given === null) return undefined;
  if (given === false) return null;
  if (typeof given !== 'object') {
    const must = `must be an object such as { bodies: '30d' } or false, got ${typeof given}`;
    throw wrongType(method, 'retention', given, `${method}: retention ${must}`);
  }
  const policy = policyOf(method, given, 'retention.');
  const { every } = given;
  return saysAnything(given)
    ? {
        policy,
        every: every === undefined || every === null ? EVERY : duration(method, 'retention.every', every, 1000),
      }
    : undefined;
}

function unlessGone(reference, act) {
  const retention = reference.deref();
  if (retention) act(retention);
}

class Retention {
  #connection;
  #clock;
  #given;
  #log;
  #timer;

  constructor(connection, clock, given, log) {
    this.#connection = connection;
    this.#clock = clock;
    this.#given = given;
    this.#log = log;
    this.#lookIn(Math.min(FIRST, given?.every ?? FIRST));
  }

  stop() {
    clearTimeout(this.#timer);
    this.#timer = null;
  }

  #lookIn(milliseconds) {
    this.#after(Math.min(milliseconds, MAX_TIMEOUT), (retention) => retention.#look());
  }

  /** Sets a timer, which keeps neither the process alive nor the database from being garbage-collected. */
  #after(milliseconds, act) {
    if (this.#timer !== null) this.#timer = setTimeout(unlessGone, milliseconds, new WeakRef(this), act).unref();
  }

  #look() {
    let next = EVERY;
    try {
      if (!addon.isOpen(this.#connection)) return;
      const of = this.#given ?? storedPolicy(this.#connection);
      if (of !== undefined) {
        next = Math.min(of.every, EVERY);
        if (addon.beginPruning(this.#connection, this.#clock(), of.every)) return this.#slice(of, 0, 0);
      }
    } catch (error) {
      this.#failed(error);
    }
    this.#lookIn(next);
  }

  #slice(of, runs, bodies) {
    if (this.#timer === null) return;
    try {
      const done = one(pruned, addon.prune(this.#connection, this.#clock(), SLICE, ...of.policy));
      addon.endPruning(this.#connection, this.#clock(), Number(done.more));
      const [allRuns, allBodies] = [runs + done.runs, bodies + done.bodies];
      if (done.more) {
        return this.#after(PAUSE, (retention) => retention.#slice(of, allRuns, allBodies));
      }
      if (allRuns + allBodies > 0) this.#log.info('[VisualDB] Pruned', { runs: allRuns, bodies: allBodies });
    } catch (error) {
      this.#failed(error);
    }
    this.#lookIn(of.every);
  }

  /** Logs a failure: somebody else's lock, an open transaction, a full disk. The next check comes all the same. */
  #failed(error) {
    if (addon.isOpen(this.#connection)) this.#log.error('[VisualDB] Pruning failed', error, {});
  }
}

module.exports = { Retention, retentionOf };
