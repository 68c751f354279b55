'use strict';

// Calls can be watched by a tracing channel of `node:diagnostics_channel`. While nobody watches, a call only pays for checking that
// (decision 40).

const { tracingChannel } = require('node:diagnostics_channel');
const { performance } = require('node:perf_hooks');

const calls = tracingChannel('visual-db:call');

/** A call checks the `hasSubscribers` of this channel alone, so a watcher has to subscribe to the beginnings of calls. */
const { start } = calls;

/**
 * Runs a call and publishes it: all watchers share one object about it. A call that gives a promise ends with `asyncEnd`; at its `end`
 * it is `pending`.
 *
 * @param {object} about `database`, `method`, `arguments`, and `sql` of a statement
 * @param {() => unknown} body
 */
function watched(about, body) {
  const call = { ...about, startedAt: performance.now(), durationMs: null, pending: false };
  start.publish(call);
  let result;
  try {
    result = body();
    call.pending = result instanceof Promise;
    if (!call.pending) call.result = result;
  } catch (error) {
    failed(call, error);
    throw error;
  } finally {
    call.durationMs = performance.now() - call.startedAt;
    calls.end.publish(call);
  }
  return call.pending ? settled(call, result) : result;
}

async function settled(call, promise) {
  try {
    call.result = await promise;
    return call.result;
  } catch (error) {
    failed(call, error);
    throw error;
  } finally {
    call.pending = false;
    call.durationMs = performance.now() - call.startedAt;
    calls.asyncStart.publish(call);
    calls.asyncEnd.publish(call);
  }
}

function failed(call, error) {
  call.error = error;
  calls.error.publish(call);
}

/** Follows calls: `ended` is called once for each, with what `began` returned for it. Returns a function that stops this. */
function follow({ began = () => undefined, left = () => {}, ended }) {
  const made = new WeakMap();
  const end = (call) => {
    if (!made.has(call)) return;
    ended(call, made.get(call));
    made.delete(call);
  };
  const handlers = {
    start: (call) => made.set(call, began(call)),
    end: (call) => {
      left(call);
      if (!call.pending) end(call);
    },
    asyncEnd: end,
  };
  calls.subscribe(handlers);
  return () => calls.unsubscribe(handlers);
}

/** A method that can be watched under its name. */
function watchable(name, method) {
  const { [name]: made } = {
    // Four, the most that any method takes, and no rest parameter: making that array would cost more than the check.
    [name](a, b, c, d) {
      if (!start.hasSubscribers) return method.call(this, a, b, c, d);
      const given = [a, b, c, d];
      while (given.length > 0 && given.at(-1) === undefined) given.pop();
      return watched({ database: this, method: name, arguments: given }, () => method.call(this, a, b, c, d));
    },
  };
  return Object.defineProperty(made, 'length', { value: method.length });
}

module.exports = { follow, start, watchable, watched };
