'use strict';

// VisualDatabase's `exportAll`. The addon makes the text, on a thread of its own; here it goes into a file or a stream.

const fs = require('node:fs');
const path = require('node:path');
const addon = require('../native/addon.js');
const { waitFor } = require('../native/wait_for.js');
const { describe, instant, options } = require('../visual/arguments.js');
const { about, wrongType, wrongValue } = require('../visual/errors.js');
const knownKeys = require('../visual/known_keys.js');
const { stateOf } = require('../visual/state.js');
const { fileOf, progressOf } = require('./both.js');
const { nodeSink, webSink } = require('./sinks.js');

const METHOD = 'exportAll';
const FORMATS = ['jsonl', 'otlp-json'];

async function exportAll(database, target, given) {
  const { connection } = stateOf(database, METHOD);
  const { format = 'jsonl', since, onProgress } = options(METHOD, 'options', given, knownKeys.exportAll);
  if (!FORMATS.includes(format)) {
    const refused = typeof format === 'string' ? wrongValue : wrongType;
    const must = `must be ${FORMATS.map((name) => `'${name}'`).join(' or ')}`;
    throw refused(METHOD, 'format', format, `${METHOD}: format ${must}, got ${describe(format)}`);
  }
  const from = instant(METHOD, 'since', since) ?? undefined;
  const tell = progressOf(METHOD, onProgress);
  const kind = kindOf(target);
  addon.checkOpen(connection);
  if (kind === 'path') checkNew(target);
  const pieces = piecesOf(database, format, from);
  const sink = kind === 'path' ? await fileSink(target) : kind === 'web' ? webSink(target) : nodeSink(target);
  let written = 0;
  let lines = 0;
  try {
    for await (const piece of pieces) {
      await sink.write(piece.bytes);
      written += piece.bytes.length;
      lines = piece.lines;
      tell({ stage: 'export', lines, ofLines: Math.max(lines, piece.about), bytes: written });
    }
    await sink.end();
  } catch (error) {
    await sink.abandon(error);
    throw error;
  }
  tell({ stage: 'export', lines, ofLines: lines, bytes: written });
  return { format, lines, bytes: written };
}

/** Pieces are passed on as they are: their bytes are no plain object that could be copied. */
const asItIs = (piece) => piece;

/** The text of an export in pieces, each with the number of lines so far. Nothing begins before the first is asked for. */
async function* piecesOf(database, format = 'jsonl', from = undefined) {
  const { connection, server } = stateOf(database, METHOD);
  const file = fileOf(database, METHOD);
  const bytes = file === undefined && !server ? database.db.serialize() : undefined;
  const handle = addon.startExport(connection, file, bytes, format === 'otlp-json', from);
  for (;;) {
    const piece = await waitFor(addon.nextOfExport(handle, addon.realm), asItIs);
    if (piece === null) return;
    yield piece;
  }
}

function kindOf(target) {
  if (typeof target === 'string') {
    if (target !== '' && !target.includes('\0')) return 'path';
    throw wrongValue(METHOD, 'target', target, `${METHOD}: target must be a path, got ${JSON.stringify(target)}`);
  }
  if (typeof target?.write === 'function' && typeof target.once === 'function') return 'node';
  if (typeof target?.getWriter === 'function') return 'web';
  throw wrongType(
    METHOD,
    'target',
    target,
    `${METHOD}: target must be a path or a writable stream, got ${describe(target)}`,
  );
}

function checkNew(target) {
  if (!fs.existsSync(target)) return;
  const message = `${METHOD}: ${target}: there is a file already; choose another name or remove it`;
  throw about(new Error(message), 'ERR_EXPORT_EXISTS', METHOD, 'target', target);
}

/** Writes a file for its owner alone, which gets its name once it is whole and on the disk. */
async function fileSink(target) {
  const partial = `${target}.${process.pid}-${Date.now().toString(36)}.partial`;
  const handle = await fs.promises.open(partial, 'wx', 0o600);
  return {
    write: async (bytes) => {
      for (let at = 0; at < bytes.length;) at += (await handle.write(bytes, at)).bytesWritten;
    },
    end: async () => {
      await handle.sync();
      await handle.close();
      // Unlike a rename, a link doesn't replace a file that was made meanwhile.
      try {
        fs.linkSync(partial, target);
        fs.unlinkSync(partial);
      } catch (error) {
        if (error.code === 'EEXIST') checkNew(target);
        fs.renameSync(partial, target);
      }
      await syncFolder(path.dirname(target));
    },
    abandon: async () => {
      await handle.close().catch(() => {});
      fs.rmSync(partial, { force: true });
    },
  };
}

/** Syncs the folder, so that the name is on the disk, too; not every system can. */
async function syncFolder(folder) {
  try {
    const handle = await fs.promises.open(folder);
    await handle.sync().finally(() => handle.close());
  } catch {}
}

module.exports = { exportAll, piecesOf };
