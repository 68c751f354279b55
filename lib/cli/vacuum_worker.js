'use strict';

const { workerData } = require('node:worker_threads');
const { Database, VisualDatabase } = require('../index.js');
const { compactLog, schema } = require('../entry/parts');

// What is of another version, or no board at all, is put in order as it is.
if (isOfThisVersion(workerData)) {
  const board = new VisualDatabase({ dbPath: workerData, fileMustExist: true });
  try {
    compactLog(board);
  } finally {
    board.close();
  }
}

const database = new Database(workerData, { fileMustExist: true });
try {
  database.exec('VACUUM');
  database.pragma('wal_checkpoint(TRUNCATE)');
} finally {
  database.close();
}

function isOfThisVersion(file) {
  const { version, latest } = schema.status(file);
  return version === latest;
}
