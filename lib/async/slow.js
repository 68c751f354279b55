'use strict';

/** Calls that give promises. They are refused in a transaction, where the thread only waits for messages and nothing could settle them. */
const SLOW = new Set(['waitForRun', 'backup', 'exportAll', 'importAll', 'watch.begin', 'watch.next', 'watch.end']);

module.exports = { SLOW };
