'use strict';

// Long lists cross as JSON text, column by column: the caller's thread parses that in half the time of structured cloning (decision 42).
// The other thread checks that the text says the same as the value.

const { literal } = require('../native/row_factory.js');

/** Lists with at least this many elements are long. */
const LONG = 32;
/** For how many kinds of rows the function that makes them is kept. */
const MOST_KINDS = 100;

/** An answer as it stands in a message. */
function packed(value) {
  const lists = typeof value === 'object' && value !== null ? longIn(value) : [];
  if (lists.length === 0 || !says(value)) return { value };
  if (Array.isArray(value)) return { text: JSON.stringify(columnsOf(value)), lists };
  const columns = lists.map((key) => [key, columnsOf(value[key])]);
  return { text: JSON.stringify({ ...value, ...Object.fromEntries(columns) }), lists };
}

function unpacked({ value, text, lists }) {
  if (text === undefined) return value;
  const read = JSON.parse(text);
  if (lists[0] === null) return rowsOf(read);
  for (const key of lists) read[key] = rowsOf(read[key]);
  return read;
}

/** Where long lists of rows are: `null` for the value itself. */
function longIn(value) {
  if (Array.isArray(value)) return areRows(value) ? [null] : [];
  return Object.keys(value).filter((key) => key !== '__proto__' && areRows(value[key]));
}

/** Whether a value is a long list of objects with the same keys in the same order. */
function areRows(list) {
  if (!Array.isArray(list) || list.length < LONG || !isPlain(list[0])) return false;
  const keys = Object.keys(list[0]);
  return keys.length > 0 && list.every((row) => isPlain(row) && hasKeys(row, keys));
}

const isPlain = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);

function hasKeys(row, keys) {
  const own = Object.keys(row);
  return own.length === keys.length && own.every((key, index) => key === keys[index]);
}

function columnsOf(rows) {
  const keys = Object.keys(rows[0]);
  return [keys, ...keys.map((key) => rows.map((row) => row[key]))];
}

const kinds = new Map();

function rowsOf([keys, ...columns]) {
  const name = JSON.stringify(keys);
  let row = kinds.get(name);
  if (row === undefined) {
    if (kinds.size === MOST_KINDS) kinds.clear();
    row = rowMaker(keys);
    kinds.set(name, row);
  }
  const [{ length }] = columns;
  const rows = new Array(length);
  for (let index = 0; index < length; index += 1) rows[index] = row(columns, index);
  return rows;
}

/** A function that makes a row: compiled, as the rows of a statement are. */
function rowMaker(keys) {
  try {
    return new Function('columns', 'index', `return ${literal(keys, (column) => `columns[${column}][index]`)};`);
  } catch {
    // Code can't be made from strings here (`--disallow-code-generation-from-strings`).
    return (columns, index) => Object.fromEntries(keys.map((key, column) => [key, columns[column][index]]));
  }
}

/** Whether parsing a value's JSON gives the same value again. */
function says(value) {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return true;
    case 'number':
      return Number.isFinite(value) && !Object.is(value, -0);
    case 'object':
      if (value === null) return true;
      if (Array.isArray(value)) return value.every(says);
      return Object.getPrototypeOf(value) === Object.prototype && Object.values(value).every(says);
    default:
      return false;
  }
}

module.exports = { packed, unpacked };
