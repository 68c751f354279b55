'use strict';

// Rows for spreadsheets, as RFC 4180 has them.

const { Usage } = require('./outcome.js');
const { print } = require('./output.js');

/** A value as it stands between commas; nothing for what nobody knows. */
function field(value) {
  const text = value === null || value === undefined ? '' : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function printCsv(head, rows) {
  print([head, ...rows].map((row) => row.map(field).join(',')).join('\r\n'));
}

/** Refuses two forms at once. */
function oneForm({ csv, json }) {
  if (csv && json) throw new Usage('say --csv or --json, not both');
}

module.exports = { oneForm, printCsv };
