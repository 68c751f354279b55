'use strict';

// What `doctor` checks where the board is on a PostgreSQL server. What can be wrong with its files, the server finds itself.

const { many } = require('./output.js');
const { ok, note } = require('./checks.js');
const { ofIndex } = require('./search_checks.js');

/** How long a trip may take before it is noted, in milliseconds: beyond it a worker mostly waits for the server. */
const LONG = 20;
const ASKED = 9;

function opening() {
  return ok('the server takes the connection, and the tables are of the version that this package needs');
}

function counts({ database }) {
  const { worktrees, zones, assignments, executions } = database.getStats();
  return ok(
    [
      many(worktrees, 'worktree'),
      many(zones, 'zone'),
      many(assignments, 'assignment'),
      many(executions, 'execution'),
    ].join(', '),
  );
}

function distance({ database }) {
  const taken = Array.from({ length: ASKED }, () => {
    const start = performance.now();
    database.getZone('visual-db doctor asks how far it is');
    return performance.now() - start;
  });
  const trip = taken.toSorted((one, other) => one - other)[ASKED >> 1];
  const finding = `a call takes ${trip.toFixed(2)} ms`;
  if (trip < LONG) return ok(finding);
  return note(finding, 'run who works on the board nearer to the server');
}

function search({ database }) {
  const { checkSearch } = require('../entry/parts');
  return ofIndex(checkSearch(database));
}

module.exports = { SERVER: { opening, counts, distance, search } };
