'use strict';

// Calls that arrive together: on a server, those that only create something are sent in one trip and one commit, like the elements of a
// list. Each has the answer that it would have had alone: if one is refused, all are made again one by one.

const { receiveMessageOnPort } = require('node:worker_threads');
const addon = require('../native/addon.js');
const { stateOf } = require('../visual/state.js');

/** Calls whose answers are known before the server has answered. */
const MAKES = new Set(['createWorktree', 'createZone', 'recordExecution']);
/** The most calls in one trip, so that the first doesn't wait for long. */
const MOST = 100;

/** Whether a message is such a call, without an actor, and without functions, signals or streams among its arguments. */
const isMade = ({ method, by, where }) => MAKES.has(method) && by === undefined && where.length === 0;

/**
 * The listener for messages: `serve` makes and answers one call, `make` only makes it, `answer` and `fail` answer it; `isDropped` says
 * whether nobody waits for it any more.
 */
function together(port, database, { serve, make, answer, fail, isDropped }) {
  const { server, connection } = stateOf(database, 'open');
  if (server === null) return serve;

  /** What each call gives; `null` where they have to be made one by one. */
  function gathered(messages) {
    if (!addon.gather(connection)) return null;
    let made;
    try {
      made = messages.map(make);
    } catch {
      addon.forgetGathered(connection);
      return null;
    }
    return addon.sendGathered(connection) ? made : null;
  }

  function serveAll(messages) {
    const wanted = messages.filter((message) => !isDropped(message));
    if (wanted.length < 2) return wanted.forEach(serve);
    let made;
    try {
      made = gathered(wanted);
    } catch (error) {
      return wanted.forEach((message) => fail(message, error));
    }
    if (made === null) return wanted.forEach(serve);
    return wanted.forEach((message, n) => answer(message, made[n]));
  }

  return (first) => {
    if (!isMade(first)) return serve(first);
    const messages = [first];
    let behind;
    while (messages.length < MOST && (behind = receiveMessageOnPort(port)?.message) !== undefined && isMade(behind))
      messages.push(behind);
    serveAll(messages);
    return behind === undefined || messages.includes(behind) ? undefined : serve(behind);
  };
}

module.exports = { together };
