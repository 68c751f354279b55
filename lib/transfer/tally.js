'use strict';

// A tally of an export as it passes by: how many rows each table has, and a hash of their values.

const { createHash } = require('node:crypto');

const NEW_LINE = 10;
const NAME = /^\{"table":"(\w+)"/;

/** Columns by the clock of the machine that works on a run, which are written differently elsewhere. */
const CLOCKS = ['boot', 'sound_to', 'deadline', 'claimed'];
/** Columns of a run at work about its time before that, which a server doesn't keep. */
const BEFORE = ['token', 'worked_ms'];
const AT_WORK = '"place":"leased"';

class Tally {
  #tables = new Map();
  #begun = [];

  /** Adds a piece of the text. */
  take(bytes) {
    let from = 0;
    for (let end = bytes.indexOf(NEW_LINE); end !== -1; end = bytes.indexOf(NEW_LINE, from)) {
      const rest = bytes.subarray(from, end);
      this.#line(this.#begun.length === 0 ? rest : Buffer.concat([...this.#begun, rest]));
      this.#begun = [];
      from = end + 1;
    }
    if (from < bytes.length) this.#begun.push(bytes.subarray(from));
  }

  #line(bytes) {
    const [, table] = NAME.exec(bytes.toString('latin1', 0, 64)) ?? [];
    // The header and the end belong to no table.
    if (table === undefined) return;
    let of = this.#tables.get(table);
    if (of === undefined) this.#tables.set(table, (of = { rows: 0, hash: createHash('sha256') }));
    of.rows += 1;
    of.hash.update(valuesOf(table, bytes)).update('\n');
  }

  /** How many rows of each table there were, and the SHA-256 of them. */
  sums() {
    const sums = [...this.#tables].map(([table, { rows, hash }]) => [
      table,
      { rows, sha256: hash.copy().digest('hex') },
    ]);
    return Object.fromEntries(sums);
  }
}

/** A line without the columns that may differ. */
function valuesOf(table, bytes) {
  if (table === 'leases') return without(bytes, CLOCKS);
  if (table === 'runs' && bytes.includes(AT_WORK)) return without(bytes, BEFORE);
  return bytes;
}

function without(bytes, keys) {
  const line = JSON.parse(bytes.toString());
  for (const key of keys) delete line[key];
  return JSON.stringify(line);
}

/** The tables in which two exports differ. */
function differing(sums, others) {
  const tables = new Set([...Object.keys(sums), ...Object.keys(others)]);
  return [...tables].filter((table) => sums[table]?.sha256 !== others[table]?.sha256);
}

module.exports = { Tally, differing };
