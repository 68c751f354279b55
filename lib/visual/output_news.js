'use strict';

// New output of runs, for `watch`. Output is in no log, so each look compares how far the output of the runs at work is.

const addon = require('../native/addon.js');
const { list, one } = require('../native/objects.js');
const { cell } = require('../native/rows.js');

/** The end of a run's output: the number of its last piece, and its time. */
const end = {
  width: 3,
  make: (at) => ({ id: cell(at), sequence: cell(at + 1), at: cell(at + 2) }),
};

const OPEN = new Set(['queued', 'running', 'waiting']);

/** The output since the previous look. A look is made in the same snapshot in which the log is read. */
class OutputNews {
  #connection;
  /** The last piece that was reported, by run. */
  #told = new Map();

  constructor(connection) {
    this.#connection = connection;
    for (const { id, sequence } of this.#atWork()) this.#told.set(id, sequence);
  }

  /** Adds new output to changes of the log: before the end of its run, else after all of them. */
  among(rows) {
    const ends = new Map(this.#atWork().map((found) => [found.id, found]));
    const ended = new Set();
    for (const { change } of rows) {
      if (change.entity !== 'run') continue;
      const { id, fields } = change;
      // The run may have been claimed, printed something and ended since the last look.
      if (!ends.has(id)) this.#look(id, ends);
      if (fields.status !== undefined && !OPEN.has(fields.status)) ended.add(id);
    }
    const news = new Map();
    for (const [id, found] of ends) {
      if (this.#told.get(id) === found.sequence) continue;
      this.#told.set(id, found.sequence);
      news.set(id, told(found));
    }
    const all = [];
    for (const row of rows) {
      const { entity, id, fields } = row.change;
      if (entity === 'run' && ended.has(id) && !OPEN.has(fields.status)) take(news, id, all);
      all.push(row);
    }
    for (const change of news.values()) all.push({ place: null, change });
    for (const id of ended) this.#told.delete(id);
    return all;
  }

  #atWork() {
    return list(end, addon.listOutputEnds(this.#connection, null), this.#connection);
  }

  #look(id, ends) {
    const found = one(end, addon.listOutputEnds(this.#connection, id));
    if (found !== null) ends.set(id, found);
  }
}

function take(news, id, all) {
  const change = news.get(id);
  if (change === undefined) return;
  news.delete(id);
  all.push({ place: null, change });
}

const told = ({ id, sequence, at }) => ({
  seq: null,
  at: new Date(at).toISOString(),
  by: null,
  entity: 'output',
  id,
  op: 'insert',
  fields: { sequence },
});

module.exports = { OutputNews };
