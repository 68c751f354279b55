'use strict';

const { workerData } = require('node:worker_threads');
const { Database, VisualDatabase } = require('../index.js');
const { compactLog, schema } = require('../entry/parts');

const { file, convert } = workerData;

// What is of another version, or no board at all, is put in order as it is.
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
  // What it is set to takes effect with the VACUUM, which is one transaction.
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
