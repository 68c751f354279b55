'use strict';

// Long lists cross as text, column by column, which the caller's thread reads in half the time of structured cloning (decision 42).
// Whether the text says the same as the value is looked at on the other thread.

const { literal } = require('../native/row_factory.js');

/** From so many elements on. */
const LONG = 32;
/** Of so many kinds of rows the function that makes them is kept. */
const MOST_KINDS = 100;

/** An answer as a message has it. */
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

/** Whether it is a long list of objects with the same keys in the same order. */
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
    // Where code may not be made from strings.
    return (columns, index) => Object.fromEntries(keys.map((key, column) => [key, columns[column][index]]));
  }
}

/** Whether a value is what its JSON says. */
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
