'use strict';

const { workerData } = require('node:worker_threads');
const { Database } = require('../index.js');

const database = new Database(workerData, { fileMustExist: true });
try {
  database.exec('VACUUM');
  database.pragma('wal_checkpoint(TRUNCATE)');
} finally {
  database.close();
}
