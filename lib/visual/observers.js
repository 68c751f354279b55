'use strict';

// The option `onQuery`: whoever opened a database hears of each call on it, once it has ended.

const { follow } = require('../native/calls.js');

/** A database that is dropped without `close()` is not told of any more. */
const dropped = new FinalizationRegistry((stop) => stop());

/** Tells of the calls on a database and its raw handle; a function that stops it. */
function tell(handle, onQuery) {
  const its = new WeakRef(handle);
  const stop = follow({
    ended: (call) => {
      if ((call.database.db ?? call.database) === its.deref()) tellOne(onQuery, call);
    },
  });
  dropped.register(handle, stop);
  return stop;
}

/** One that throws changes nothing, as with a logger. */
function tellOne(onQuery, { method, sql = null, durationMs, error = null, result }) {
  try {
    onQuery({ method, sql, durationMs, rows: rowsOf(result), error });
  } catch {}
}

/** How many rows an answer has, where it is some: a list, or a page of one. */
function rowsOf(result) {
  const list = result?.items ?? result;
  return Array.isArray(list) ? list.length : null;
}

module.exports = { rowsOf, tell };
