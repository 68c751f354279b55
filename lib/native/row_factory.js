'use strict';

const { cell } = require('./rows.js');

/** The text of an object with these keys; `value` gives the text of the value at an index. */
function literal(names, value) {
  // Computed keys make own properties of any name, but only plain ones are part of the literal's hidden class.
  const isPlain = !names.includes('__proto__');
  const keys = names.map((name) => (isPlain ? JSON.stringify(name) : `[${JSON.stringify(name)}]`));
  return `({ ${keys.map((key, index) => `${key}: ${value(index)}`).join(', ')} })`;
}

/**
 * A function that makes an object of the cells from an index on. It is compiled, so that the engine gives all rows of a
 * statement one hidden class. Of several columns with one name, the last counts; `__proto__` is an ordinary key.
 */
function flatRow(names) {
  try {
    return new Function('cell', `return (at) => ${literal(names, (index) => `cell(at + ${index})`)};`)(cell);
  } catch {
    return slowRow(names); // Code can't be made from strings here (`--disallow-code-generation-from-strings`).
  }
}

function slowRow(names) {
  return (at) => {
    const row = {};
    for (let index = 0; index < names.length; index += 1) define(row, names[index], cell(at + index));
    return row;
  };
}

/** A function that makes an array of `width` cells from an index on. */
function rawRow(width) {
  return (at) => {
    const row = new Array(width);
    for (let index = 0; index < width; index += 1) row[index] = cell(at + index);
    return row;
  };
}

/** A function that makes an object per table; what comes from no table is under `$`. */
function expandedRow(names, tables) {
  return (at) => {
    const row = {};
    for (let index = 0; index < names.length; index += 1) {
      const table = tables[index] ?? '$';
      if (!Object.hasOwn(row, table)) define(row, table, {});
      define(row[table], names[index], cell(at + index));
    }
    return row;
  };
}

function define(object, key, value) {
  if (key === '__proto__') {
    Object.defineProperty(object, key, { value, writable: true, enumerable: true, configurable: true });
  } else {
    object[key] = value;
  }
}

module.exports = { literal, flatRow, rawRow, expandedRow };
