'use strict';

const addon = require('../native/addon.js');
const { one, list } = require('../native/objects.js');
const { cell } = require('../native/rows.js');
const { counted, fields, options, texts } = require('./arguments.js');
const { inSnapshot } = require('./board.js');
const { allOrNothing, valuesOf } = require('./bulk.js');
const { wrongValue } = require('./errors.js');
const knownKeys = require('./known_keys.js');
const { limitOf, pageOf, placeOf } = require('./pages.js');
const { newRun, run } = require('./run_fields.js');
const { stateOf } = require('./state.js');

/** How many runs come with one call of the addon: their rows fit one batch. */
const BATCH = 150;

const STATUSES = ['queued', 'running', 'waiting', 'succeeded', 'failed', 'cancelled', 'timedOut', 'lost'];

/** Before the first run, the first execution, and the first of the archive. */
const START = new Array(4).fill(Number.MAX_SAFE_INTEGER);

/** A run, and where the list goes on behind it. */
const listed = {
  width: run.width + START.length,
  make: (at) => ({ item: run.make(at), place: START.map((_, index) => cell(at + run.width + index)) }),
};

/** The methods of VisualDatabase for those who want runs done. */
const methods = {
  enqueueRun(argument) {
    const { connection, clock } = stateOf(this, 'enqueueRun');
    return one(run, addon.enqueueRun(connection, clock(), ...newRun('enqueueRun', 'run', argument, true)));
  },

  enqueueRuns(runs) {
    const state = stateOf(this, 'enqueueRuns');
    const { connection } = state;
    const batches = valuesOf('enqueueRuns', 'runs', runs, (argument, name) =>
      newRun('enqueueRuns', name, argument, true, name),
    );
    const made = [];
    allOrNothing(state, 'runs', batches, (values, now) => {
      const text = addon.enqueueRuns(connection, now, ...values);
      for (const object of list(run, text, connection)) made.push(object);
    });
    return made;
  },

  retryRun(id, changes = {}) {
    const { connection, clock } = stateOf(this, 'retryRun');
    return one(run, addon.retryRun(connection, clock(), id, ...newRun('retryRun', 'changes', changes, true)));
  },

  cancelRun(id, given) {
    const { connection, clock } = stateOf(this, 'cancelRun');
    const { reason } = options('cancelRun', 'options', given, knownKeys.cancellation);
    return one(run, addon.cancelRun(connection, clock(), id, reason));
  },

  answerRun(id, given) {
    const { connection, clock } = stateOf(this, 'answerRun');
    const { answer } = fields('answerRun', 'options', given, knownKeys.answer, true);
    return one(run, addon.answerRun(connection, clock(), id, answer));
  },

  getRun(id) {
    return one(run, addon.getRun(stateOf(this, 'getRun').connection, id));
  },

  listRuns(filter) {
    const { connection } = stateOf(this, 'listRuns');
    const given = options('listRuns', 'filter', filter, knownKeys.runFilter);
    const { zoneId, worktreeId, agentType, status, limit, after } = given;
    const most = limitOf('listRuns', limit);
    const of = [
      names('zoneId', zoneId),
      names('worktreeId', worktreeId),
      names('agentType', agentType),
      statuses(status),
    ];
    const key = JSON.stringify(of);
    const place = placeOf('listRuns', key, after, START);
    const read = (behind, count) =>
      list(listed, addon.listRuns(connection, count, ...behind, ...counted(...of)), connection);
    return inSnapshot(connection, () => pageOf(key, place, most, BATCH, read));
  },
};

/** One name, or a list of some. */
function names(field, given) {
  return texts('listRuns', field, typeof given === 'string' ? [given] : given);
}

function statuses(given) {
  const words = names('status', given);
  const unknown = words?.find((word) => !STATUSES.includes(word));
  if (unknown === undefined) return words;
  const message = `listRuns: status must be one of ${STATUSES.join(', ')}, got the string ${JSON.stringify(unknown.slice(0, 60))}`;
  throw wrongValue('listRuns', 'status', unknown, message);
}

module.exports = { methods };
