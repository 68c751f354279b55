'use strict';

// Rows for spreadsheets, as RFC 4180 has them.

const { print } = require('./output.js');

/** A value as it stands between commas; nothing for what nobody knows. */
function field(value) {
  const text = value === null || value === undefined ? '' : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function printCsv(head, rows) {
  print([head, ...rows].map((row) => row.map(field).join(',')).join('\r\n'));
}

module.exports = { printCsv };
