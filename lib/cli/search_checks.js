'use strict';

// What `doctor` checks in the search's index. See checks.js for what a check returns.

const { note, ok, problem } = require('./checks.js');
const { withDatabase } = require('./database.js');

const AGAIN = 'npx --no -- visual-db search --disable, then --enable rebuilds it';

function search({ file }) {
  const { checkSearch, schema } = require('../entry/parts');
  const { state, reasons } = schema.status(file);
  if (!['current', 'newer'].includes(state) || reasons.length > 0) return ok('left until the schema is as it must be');
  return ofIndex(withDatabase(file, { readonly: true }, checkSearch));
}

/** The finding about an index, from what the addon found wrong with it. */
function ofIndex(found) {
  if (found === null) return ok('off');
  const { unfinished, wrong } = found;
  if (wrong.length > 0) return problem(wrong.join('; '), AGAIN);
  if (unfinished) return note('its index is not built to the end', 'npx --no -- visual-db search --enable');
  return ok('every run is indexed as it is');
}

module.exports = { SEARCH: { search }, ofIndex };
