'use strict';

// Answers to a thread that waits for them: to functions, which stay on the thread that has them, and to the clock.

const { told } = require('./errors.js');

/** Gives the waiting thread what `ask` gives. What `ask` throws is told, with the number under which `keep` has it here. */
function reply({ port, flag }, ask, keep = () => null) {
  const answer = said(ask, keep);
  try {
    port.postMessage(answer);
  } catch {
    // What no thread can be told: whether it is true is all that functions are asked for.
    port.postMessage({ value: true });
  }
  Atomics.store(flag, 0, 1);
  Atomics.notify(flag, 0);
}

function said(ask, keep) {
  try {
    const value = ask();
    // Who waits for a promise here waits for the thread that asks: the class refuses it, as it does on one thread.
    return typeof value?.then === 'function' ? { promise: true } : { value };
  } catch (error) {
    return { thrown: keep(error), error: told(error) };
  }
}

module.exports = { reply };
