'use strict';

const { workerData } = require('node:worker_threads');
const { Database, VisualDatabase } = require('../index.js');
const { compactLog, schema } = require('../entry/parts');

const { file, convert } = workerData;

// Only a board of this version has its log compacted; any other file is vacuumed as it is.
if (isOfThisVersion(file)) {
  const board = new VisualDatabase({ dbPath: file, fileMustExist: true, retention: false });
  try {
    compactLog(board);
  } finally {
    board.close();
  }
}

const database = new Database(file, { fileMustExist: true });
try {
  // The setting takes effect with the VACUUM, which is one transaction.
  if (convert) database.pragma('auto_vacuum = INCREMENTAL');
  database.exec('VACUUM');
  database.pragma('wal_checkpoint(TRUNCATE)');
} finally {
  database.close();
}

function isOfThisVersion(path) {
  const { version, latest } = schema.status(path);
  return version === latest;
}
