'use strict';

// Rows for spreadsheets, as RFC 4180 has them.

const { Usage } = require('./outcome.js');
const { print } = require('./output.js');

/** What spreadsheets take for the beginning of a formula, also as full-width characters, which some make the usual ones of. */
const FORMULA = /^[=+\-@\t\r\n＝＋－＠]/;

/**
 * A value as it stands between commas; nothing for what nobody knows. Names are whoever's who writes the board, and may be formulas
 * that read or send what else is in a spreadsheet: an apostrophe makes them texts. Numbers stay what they are.
 */
function field(value) {
  const text = value === null || value === undefined ? '' : String(value);
  const safe = typeof value === 'string' && FORMULA.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

function printCsv(head, rows) {
  print([head, ...rows].map((row) => row.map(field).join(',')).join('\r\n'));
}

/** Refuses two forms at once. */
function oneForm({ csv, json }) {
  if (csv && json) throw new Usage('say --csv or --json, not both');
}

module.exports = { oneForm, printCsv };
