'use strict';

// Answers to a waiting thread: of functions, which stay on the thread that has them, and of the clock.

const { told } = require('./errors.js');

/** Sends the waiting thread what `ask` returns, or what it throws, with the number under which `keep` keeps that here. */
function reply({ port, flag }, ask, keep = () => null) {
  const answer = said(ask, keep);
  try {
    port.postMessage(answer);
  } catch {
    // A value that can't be cloned is truthy, and only that counts of a function's answer.
    port.postMessage({ value: true });
  }
  Atomics.store(flag, 0, 1);
  Atomics.notify(flag, 0);
}

function said(ask, keep) {
  try {
    const value = ask();
    // Waiting for a promise here would wait for the thread that asks: the class refuses it, as it does on one thread.
    return typeof value?.then === 'function' ? { promise: true } : { value };
  } catch (error) {
    return { thrown: keep(error), error: told(error) };
  }
}

module.exports = { reply };
