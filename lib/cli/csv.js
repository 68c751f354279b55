'use strict';

// Rows for spreadsheets, as RFC 4180 has them.

const { Usage } = require('./outcome.js');
const { print } = require('./output.js');

/** What spreadsheets take for the beginning of a formula, also in full-width characters, which some of them convert. */
const FORMULA = /^[=+\-@\t\r\n＝＋－＠]/;

/**
 * A value as it stands between commas; nothing for what is not known. Anybody who writes to the board chooses names, and they may be
 * formulas that read or send what else is in a spreadsheet: an apostrophe makes them text. Numbers stay as they are.
 */
function field(value) {
  const text = value === null || value === undefined ? '' : String(value);
  const safe = typeof value === 'string' && FORMULA.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

function printCsv(head, rows) {
  print([head, ...rows].map((row) => row.map(field).join(',')).join('\r\n'));
}

/** Refuses --csv together with --json. */
function oneForm({ csv, json }) {
  if (csv && json) throw new Usage('say --csv or --json, not both');
}

module.exports = { oneForm, printCsv };
