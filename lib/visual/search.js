'use strict';

const addon = require('../native/addon.js');
const { list, one } = require('../native/objects.js');
const { cell } = require('../native/rows.js');
const { counted, describe, flag, names, oneOf, options } = require('./arguments.js');
const { inSnapshot } = require('./board.js');
const { outOfRange, wrongType, wrongValue } = require('./errors.js');
const knownKeys = require('./known_keys.js');
const { limitOf, pageOf, positionOf } = require('./pages.js');
const { recorded, runSummary } = require('./run_fields.js');
const { asked } = require('./run_filter.js');
const { stateOf } = require('./state.js');

/** The modes, in the addon's order, and their bits. */
const MODES = ['words', 'substring'];
const BITS = [1, 2];
/** The bit that says that the index isn't built to its end. */
const UNFINISHED = 4;

/** The fields of a run that are searched, in the addon's order. */
const IN = ['prompt', 'result', 'error', 'question', 'answer'];

/** The longest text to search for, in UTF-16 units. */
const LONGEST = 1000;

/** How many runs one call of the addon gives: their rows fit one batch. */
const BATCH = 150;

/** The position before all runs. */
const START = Array(3).fill(Number.MAX_SAFE_INTEGER);

/** The addon gives scores in millionths. */
const MILLION = 1e6;

/** What was found in a run, and the position after it. Cells of text are read in their order. */
const { width } = runSummary;
const FOUND = {
  width: width + 8,
  make: (at) => {
    const isRecorded = cell(at + width + 3) !== 0;
    const run = isRecorded ? recorded.summary(at) : runSummary.make(at);
    const [field, snippet, ranges] = [cell(at + width), cell(at + width + 1), JSON.parse(cell(at + width + 2))];
    const item = { run, field, snippet, ranges, score: cell(at + width + 4) / MILLION };
    return { item, position: [cell(at + width + 5), cell(at + width + 6), cell(at + width + 7)] };
  },
};

const COUNTS = { width: 2, make: (at) => ({ indexed: cell(at), total: cell(at + 1) }) };
const TEXT = { width: 1, make: (at) => cell(at) };

/** The methods of VisualDatabase that find runs by what they say. */
const methods = {
  enableSearch(given) {
    const { connection } = stateOf(this, 'enableSearch');
    const { mode, progress } = options('enableSearch', 'options', given, knownKeys.enableSearch);
    const index = MODES.indexOf(oneOf('enableSearch', 'mode', mode, MODES));
    if (progress !== undefined && progress !== null && typeof progress !== 'function') {
      const got = `enableSearch: progress must be a function, got ${describe(progress)}`;
      throw wrongType('enableSearch', 'progress', progress, got);
    }
    addon.enableSearch(connection, index);
    addon.foldHistory(connection);
    const { total, indexed: begun } = one(COUNTS, addon.indexed(connection));
    for (let indexed = begun; indexed !== null; indexed = addon.buildSearch(connection)) {
      progress?.({ indexed, total: Math.max(indexed, total) });
    }
    const { indexed } = one(COUNTS, addon.indexed(connection));
    progress?.({ indexed, total: indexed });
    const bits = addon.searchable(connection);
    return { modes: MODES.filter((_, nth) => (bits & BITS[nth]) !== 0), indexed };
  },

  disableSearch() {
    const { connection } = stateOf(this, 'disableSearch');
    return addon.disableSearch(connection);
  },

  searchRuns(text, filter) {
    const { connection } = stateOf(this, 'searchRuns');
    const given = options('searchRuns', 'filter', filter, knownKeys.searchFilter);
    const { mode, limit, after } = given;
    if (mode !== undefined && mode !== null) oneOf('searchRuns', 'mode', mode, MODES);
    const isSyntax = flag('searchRuns', 'syntax', given.syntax) === 1;
    const most = limitOf('searchRuns', limit);
    const fields = fieldsOf(given.in);
    const { lists, values } = asked('searchRuns', given);
    check(text);
    addon.foldHistory(connection);
    addon.foldSearch(connection);
    const index = modeOf(connection, mode ?? null);
    if (isSyntax && index !== 0) {
      const only = "searchRuns: syntax is of mode 'words'";
      throw wrongValue('searchRuns', 'syntax', true, only);
    }
    if (!isSyntax) checkMode(text, index);
    const sought = [text, index, fields, Number(isSyntax)];
    const key = JSON.stringify([sought, lists, values]);
    const position = positionOf('searchRuns', key, after, START);
    const read = (behind, count) =>
      list(
        FOUND,
        addon.searchRuns(connection, count, ...behind, ...values, ...sought, ...counted(...lists)),
        connection,
      );
    return asQuery(text, isSyntax, () => inSnapshot(connection, () => pageOf(key, position, most, BATCH, read)));
  },
};

/** The number of the index to search, which has to exist and be complete. */
function modeOf(connection, mode) {
  const bits = addon.searchable(connection);
  const isThere = (index) => (bits & BITS[index]) !== 0;
  const index = mode === null ? [0, 1].find(isThere) : MODES.indexOf(mode);
  const { [index ?? 0]: name } = MODES;
  if (index === undefined || !isThere(index)) {
    throw off(`the search is off: enableSearch({ mode: '${name}' }) builds its index`);
  }
  if ((bits & UNFINISHED) !== 0) {
    throw off(
      `the index is not built to its end: enableSearch({ mode: '${name}' }) goes on with it, and so does a search that may write`,
    );
  }
  return index;
}

function off(why) {
  return Object.assign(new Error(`searchRuns: ${why}`), { code: 'ERR_SEARCH_OFF', method: 'searchRuns' });
}

/** A bit for each field to search. */
function fieldsOf(given) {
  const wanted = names('searchRuns', 'in', given) ?? IN;
  if (wanted.length === 0) throw wrongValue('searchRuns', 'in', given, 'searchRuns: in must name a field at least');
  return wanted.reduce((bits, field) => bits | (1 << IN.indexOf(oneOf('searchRuns', 'in', field, IN))), 0);
}

function check(text) {
  if (typeof text !== 'string') {
    throw wrongType('searchRuns', 'text', text, `searchRuns: text must be a string, got ${describe(text)}`);
  }
  if (text.length > LONGEST) {
    const got = `searchRuns: text must be at most ${LONGEST} characters, got ${text.length}`;
    throw outOfRange('searchRuns', 'text', text, got);
  }
  if (text.trim() === '')
    throw wrongValue('searchRuns', 'text', text, `searchRuns: text must say something, got ${describe(text)}`);
}

/** Refuses a text that the index can't have: words need a letter or a digit, trigrams three characters. */
function checkMode(text, index) {
  if (index === 0 && !/[\p{L}\p{N}\p{Co}]/u.test(text)) {
    const got = "searchRuns: text must have a letter or a digit in mode 'words', got none";
    throw wrongValue('searchRuns', 'text', text, got);
  }
  if (index === 1 && !/[^\0]{3}/u.test(text)) {
    const got = "searchRuns: text must be at least 3 characters in mode 'substring', got less";
    throw outOfRange('searchRuns', 'text', text, got);
  }
}

/** Runs a search; SQLite's error about a wrong expression becomes one about `text`. */
function asQuery(text, isSyntax, read) {
  try {
    return read();
  } catch (error) {
    if (!isSyntax || error.code !== 'SQLITE_ERROR') throw error;
    const why = `searchRuns: text is no query: ${error.message}`;
    throw wrongValue('searchRuns', 'text', text, why, { cause: error });
  }
}

/** `{ unfinished, wrong }`: what is wrong with the index of an open database, a sentence each; `null` where there is none. */
function checkIndex(database) {
  const { connection } = stateOf(database, 'searchRuns');
  const bits = addon.searchable(connection);
  if (bits === 0) return null;
  const unfinished = (bits & UNFINISHED) !== 0;
  // An index that isn't built to its end lacks runs, which is nothing wrong.
  return { unfinished, wrong: unfinished ? [] : list(TEXT, addon.checkSearch(connection), connection) };
}

/** The modes in which a board's runs can be searched. */
function searchModes(database) {
  const bits = addon.searchable(stateOf(database, 'searchRuns').connection);
  return MODES.filter((_, nth) => (bits & BITS[nth]) !== 0);
}

module.exports = { checkIndex, methods, searchModes };
