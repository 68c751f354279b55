'use strict';

// Copies a board into an empty one, from a file or a server to either: an export streams into an import, and the copy is exported once
// more and compared.

const { searchModes } = require('../visual/search.js');
const { piecesOf } = require('./export.js');
const { importAll, refusedOf } = require('./import.js');
const { Tally, differing } = require('./tally.js');

/** How many of the refused rows are named. */
const MOST = 100;
/** The lines of an export of nothing: its header and its end. */
const EMPTY = 2;

/** The bytes of an export, which are also added to the tally. */
async function* through(database, tally, tell) {
  let bytes = 0;
  for await (const piece of piecesOf(database)) {
    tally.take(piece.bytes);
    bytes += piece.bytes.length;
    tell({ lines: piece.lines, ofLines: Math.max(piece.lines, piece.about), bytes });
    yield piece.bytes;
  }
}

/** Refuses a target that has any rows. */
async function checkEmpty(target) {
  for await (const { lines } of piecesOf(target)) {
    if (lines > EMPTY) throw refused('ERR_COPY_TARGET', `the target has a board already: it has to be empty, or new`);
  }
}

/** The lines of the source that the target can't take; nothing is changed. */
async function check(source, target, tell) {
  const tally = new Tally();
  const { refused: found } = await refusedOf(
    target,
    through(source, tally, (step) => tell({ stage: 'copy', ...step })),
    { most: MOST },
  );
  return { tables: tally.sums(), refused: found };
}

/** Copies a board. If it fails, the target is as it was. */
async function copy(source, target, tell) {
  await checkEmpty(target);
  const tally = new Tally();
  const pieces = through(source, tally, (step) => tell({ stage: 'copy', ...step }));
  try {
    await importAll(target, pieces);
  } catch (error) {
    // The import names only the first row that it can't take, before anything is written: this finds all of them.
    const found = error.code === 'ERR_IMPORT' ? await check(source, target, tell) : { refused: [] };
    if (found.refused.length === 0) throw error;
    return found;
  }
  settle(source, target);
  const came = new Tally();
  for await (const piece of through(target, came, (step) => tell({ stage: 'verify', ...step }))) void piece;
  const others = differing(tally.sums(), came.sums());
  if (others.length > 0) {
    const why = `${others.join(', ')} are not the same in the target as they were in the source: use it for nothing`;
    throw refused('ERR_COPY_DIFFERS', why);
  }
  return { tables: tally.sums(), refused: [] };
}

/** Copies settings that are no rows of an export: the retention policy, and which searches are on. */
function settle(source, target) {
  const retention = source.getRetention();
  if (retention !== null) target.setRetention(retention);
  for (const mode of searchModes(source)) target.enableSearch({ mode });
}

const refused = (code, why) => Object.assign(new Error(`copy: ${why}`), { code });

module.exports = { check, checkEmpty, copy };
