'use strict';

const addon = require('../native/addon.js');
const { one, list } = require('../native/objects.js');
const { cell } = require('../native/rows.js');
const { counted, fields, oneOf, options } = require('./arguments.js');
const { inSnapshot } = require('./board.js');
const { allOrNothing, valuesOf } = require('./bulk.js');
const knownKeys = require('./known_keys.js');
const { limitOf, pageOf, positionOf } = require('./pages.js');
const { newRun, recorded, run, runSummary } = require('./run_fields.js');
const { asked, RECORDED } = require('./run_filter.js');
const { stateOf } = require('./state.js');

/** How many runs one call of the addon gives: their rows fit one batch. */
const BATCH = 150;

/** The orders of a list; the addon takes the index. */
const ORDERS = ['newest', 'oldest', 'longest', 'costliest'];
const FIELDS = ['summary', 'full'];

/** The position before all runs of a list: the value that it is ordered by, when a run was created, and its number among those. */
const START = Array(3).fill(Number.MAX_SAFE_INTEGER);
const START_OF_OLDEST = START.map((most) => -most);

/** A run of a list, and the position after it. */
const listed = ({ width, make }, makeRecorded) => ({
  width: width + 3,
  make: (at) => {
    const key = cell(at + width + 2);
    const item = key < RECORDED ? make(at) : makeRecorded(at);
    return { item, position: [cell(at + width), cell(at + width + 1), key] };
  },
});
const LISTED = { summary: listed(runSummary, recorded.summary), full: listed(run, recorded.full) };

/** The methods of VisualDatabase for programs that want runs done. */
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
    const { limit, after } = given;
    const most = limitOf('listRuns', limit);
    const order = ORDERS.indexOf(oneOf('listRuns', 'orderBy', given.orderBy, ORDERS));
    const fields = oneOf('listRuns', 'fields', given.fields, FIELDS);
    const { lists, values } = asked('listRuns', given, order, Number(fields === 'full'));
    const key = JSON.stringify([lists, values.toSpliced(4, 1)]);
    const position = positionOf('listRuns', key, after, order === 1 ? START_OF_OLDEST : START);
    addon.foldHistory(connection);
    const read = (behind, count) =>
      list(LISTED[fields], addon.listRuns(connection, count, ...behind, ...values, ...counted(...lists)), connection);
    return inSnapshot(connection, () => pageOf(key, position, most, BATCH, read));
  },
};

module.exports = { methods };
