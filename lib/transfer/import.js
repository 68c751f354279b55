'use strict';

// VisualDatabase's `importAll`: the text goes piece by piece to the addon, which stages it in a file and then makes it part of
// the board, all or nothing.

const fs = require('node:fs');
const addon = require('../native/addon.js');
const { waitFor } = require('../native/wait_for.js');
const { describe, options } = require('../visual/arguments.js');
const { wrongType, wrongValue } = require('../visual/errors.js');
const knownKeys = require('../visual/known_keys.js');
const { stateOf } = require('../visual/state.js');
const { fileOf, progressOf } = require('./both.js');

const METHOD = 'importAll';
/** How many bytes of a file are read at once. */
const CHUNK = 1024 * 1024;

/** What the tables are called in the answer. */
const COUNTED = {
  zones: 'zones',
  worktrees: 'worktrees',
  worktree_zones: 'assignments',
  zone_executions: 'executions',
  runs: 'runs',
  run_output: 'output',
  moves: 'moves',
  archived_worktrees: 'archived',
};

async function importAll(database, source, given) {
  const { connection, readonly } = stateOf(database, METHOD);
  const { onProgress } = options(METHOD, 'options', given, knownKeys.importAll);
  const tell = progressOf(METHOD, onProgress);
  const pieces = piecesOf(source);
  addon.checkOpen(connection);
  checkWritable(connection, readonly);
  return staged(database, pieces, tell, async (handle, lines, bytes) => {
    tell({ stage: 'import', lines, bytes });
    const { file, isInMemory } = targetOf(database);
    const came = isInMemory
      ? addon.applyImportTo(connection, handle)
      : await waitFor(addon.applyImport(connection, handle, addon.realm, file));
    const counts = Object.fromEntries(Object.values(COUNTED).map((name) => [name, 0]));
    for (const { table, rows } of came.added) {
      if (COUNTED[table] !== undefined) counts[COUNTED[table]] = rows;
    }
    tell({ stage: 'done', lines, bytes });
    return { lines, equal: came.equal, ...counts };
  });
}

/** The first lines that a board can't take, each with its number and the reason, and how many lines there are. Nothing is changed. */
function refusedOf(database, source, { most, onProgress = () => {} }) {
  const { connection } = stateOf(database, METHOD);
  return staged(database, source, onProgress, async (handle, lines) => {
    const { file, isInMemory } = targetOf(database);
    if (isInMemory) return { lines, refused: [] };
    const found = await waitFor(addon.refusedOfImport(connection, handle, addon.realm, file, most));
    return { lines, refused: found.map(({ line, table, why }) => ({ line, table, why })) };
  });
}

function checkWritable(connection, readonly) {
  const refuse = (why) => Object.assign(new TypeError(`${METHOD}: ${why}`), FACTS);
  if (readonly) throw refuse('the database was opened with readonly');
  if (addon.inTransaction(connection)) throw refuse('finish the transaction first');
}

function targetOf(database) {
  const file = fileOf(database, METHOD);
  return { file, isInMemory: file === undefined && !stateOf(database, METHOD).server };
}

/** Stages all of the text, hands it to `use`, and removes it again. */
async function staged(database, pieces, tell, use) {
  const handle = addon.startImport(stateOf(database, METHOD).connection, targetOf(database).file);
  try {
    let bytes = 0;
    let lines = 0;
    for await (const piece of pieces) {
      const read = bytesOf(piece);
      lines = await waitFor(addon.feedImport(handle, addon.realm, read));
      bytes += read.length;
      tell({ stage: 'check', lines, bytes });
    }
    lines = await waitFor(addon.finishImport(handle, addon.realm));
    return await use(handle, lines, bytes);
  } catch (error) {
    throw told(error);
  } finally {
    addon.endImport(handle);
  }
}

/** An error about a line, with the properties that programs test. */
function told(error) {
  const [, line] = /^importAll: line (\d+): /.exec(error?.message) ?? [];
  return line === undefined ? error : Object.assign(error, { method: METHOD, field: 'source', line: Number(line) });
}

const FACTS = { code: 'ERR_INVALID_STATE', method: METHOD };

function piecesOf(source) {
  if (typeof source === 'string') {
    if (source !== '' && !source.includes('\0')) return fs.createReadStream(source, { highWaterMark: CHUNK });
    throw wrongValue(METHOD, 'source', source, `${METHOD}: source must be a path, got ${JSON.stringify(source)}`);
  }
  if (typeof source?.[Symbol.asyncIterator] === 'function') return source;
  const must = 'a path, a readable stream or an async iterable of bytes or text';
  throw wrongType(METHOD, 'source', source, `${METHOD}: source must be ${must}, got ${describe(source)}`);
}

function bytesOf(piece) {
  if (typeof piece === 'string') return Buffer.from(piece);
  if (ArrayBuffer.isView(piece)) return Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength);
  throw wrongType(METHOD, 'source', piece, `${METHOD}: source must give bytes or text, got ${describe(piece)}`);
}

module.exports = { importAll, refusedOf };
