'use strict';

const addon = require('./addon.js');

const { CELLS, HEAD_BYTES, ENDS_AT, NUMBERS_AT, BLOBS_AT, HEAD, KIND } = require('./layout.js');

// The other half of src/rows. A call returns the text of all its rows as one string; text that Latin-1 can't say is in a second one. The
// ends of the texts and the numbers lie in shared memory until the next call. So rows have to be read right after the call, cell by cell.

/** What a call says beside its rows. */
const head = new Int32Array(addon.memory, 0, HEAD_BYTES / 4);
const ends = new Int32Array(addon.memory, ENDS_AT, CELLS);
const numbers = new Float64Array(addon.memory, NUMBERS_AT, CELLS);
const integers = new Int32Array(addon.memory, NUMBERS_AT, CELLS * 2);
const bigints = new BigInt64Array(addon.memory, NUMBERS_AT, CELLS);
const blobs = new Uint8Array(addon.memory, BLOBS_AT);

const { NULL, INTEGER, REAL, BIGINT, LONG, SMALL_BLOB, WIDE } = KIND;
const { ROWS, MORE, RECOMPILATIONS, GENERATION, HAS_WIDE } = HEAD;

let text = '';
let start = 0;
let wide = '';
let wideStart = 0;
let read = 0;

/** The bytes of a cell beside its text: its slot in an object and a string's or a number's header. */
const CELL_BYTES = 40;

/** Begins to read the rows that a call has just returned, with `width` cells each. */
function open(rows, width = 0) {
  text = rows;
  start = 0;
  read += 2 * rows.length + CELL_BYTES * width * head[ROWS];
  if (head[HAS_WIDE] === 0) return;
  wide = addon.wide();
  wideStart = 0;
  read += 2 * wide.length;
}

/** Lets go of the text. */
function close() {
  text = '';
  wide = '';
}

/** The value of a cell. Cells are read in their order, each once. */
function cell(index) {
  const end = ends[index];
  if (end >= 0) {
    const from = start;
    start = end;
    return text.substring(from, end);
  }
  if (end === INTEGER) return integers[2 * index];
  if (end === NULL) return null;
  if (end === REAL) return numbers[index];
  if (end === WIDE) return wideText(integers[2 * index]);
  if (end === BIGINT) return bigints[index];
  if (end === LONG) return longText(integers[2 * index]);
  if (end === SMALL_BLOB) return smallBlob(integers[2 * index], integers[2 * index + 1]);
  return addon.blob(integers[2 * index]);
}

function wideText(end) {
  const from = wideStart;
  wideStart = end;
  return wide.substring(from, end);
}

function longText(index) {
  const long = addon.longText(index);
  read += 2 * long.length;
  return long;
}

function smallBlob(from, to) {
  const blob = Buffer.allocUnsafeSlow(to - from); // Memory of its own: it may be transferred.
  blob.set(blobs.subarray(from, to));
  return blob;
}

/** How many rows the call returned. */
const count = () => head[ROWS];
/** Whether there are more rows than it returned. */
const more = () => head[MORE] !== 0;
/** The generation of the content that the rows show, 0 where it is not known (see kept_answers.js). */
const generation = () => head[GENERATION];
/** How often the statement was compiled again because the schema had changed. */
const recompilations = () => head[RECOMPILATIONS];

/** About how many bytes the objects take that were made from the rows read since the last call of this. */
function volume() {
  const bytes = read;
  read = 0;
  return bytes;
}

module.exports = { open, close, cell, count, more, generation, volume, recompilations, head, numbers, bigints };
