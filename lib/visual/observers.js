'use strict';

// The option `onQuery`: a function that is called for each call on a database, once it has ended.

const { follow } = require('../native/calls.js');
const { Stateful, stateOf } = require('./state.js');

/** Stops `onQuery` of a database that was garbage-collected without `close()`. */
const dropped = new FinalizationRegistry((stop) => stop());

/** Calls `onQuery` for the calls on a database and its raw handle; returns a function that stops this. */
function tell(database, onQuery) {
  const handle = handleOf(database);
  const its = new WeakRef(handle);
  const stop = follow({
    ended: (call) => {
      if (handleOf(call.database) === its.deref()) tellOne(onQuery, call);
    },
  });
  dropped.register(handle, stop);
  return stop;
}

/** The one object that a database, its raw handle and its copies for actors have in common. */
function handleOf(database) {
  if (!(database instanceof Stateful)) return database;
  const { server, log } = stateOf(database, 'onQuery');
  return server === null ? database.db : log;
}

/** `{ system, name, memory }`: the engine as OpenTelemetry calls it, the file or the address, and whether it is in memory. */
function aboutOf(database) {
  const { server, name } = database instanceof Stateful ? stateOf(database, 'traceCalls') : {};
  if (server) return { system: 'postgresql', name, memory: false };
  const raw = handleOf(database);
  return { system: 'sqlite', name: raw.name, memory: raw.memory };
}

/** Calls `onQuery`; one that throws changes nothing, as with a logger. */
function tellOne(onQuery, { method, sql = null, durationMs, error = null, result }) {
  try {
    onQuery({ method, sql, durationMs, rows: rowsOf(result), error });
  } catch {}
}

/** How many rows an answer has, if it is a list or a page of one. */
function rowsOf(result) {
  const list = result?.items ?? result;
  return Array.isArray(list) ? list.length : null;
}

module.exports = { aboutOf, rowsOf, tell };
