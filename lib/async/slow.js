'use strict';

/** Calls that give promises: a thread that waits for those of a transaction does nothing that could settle them. */
const SLOW = new Set(['waitForRun', 'backup', 'exportAll', 'importAll', 'watch.begin', 'watch.next', 'watch.end']);

module.exports = { SLOW };
