'use strict';

const parts = require('../entry/parts');

const PAGE = 1000;
const ENDED = new Set(['succeeded', 'failed', 'cancelled', 'timedOut', 'lost']);

/**
 * Hands each piece of a run's output to `take`, and the run to `look` whenever its status has changed, until it has ended or nobody
 * reads what is printed any more; with `once`, only the output so far.
 *
 * @returns the run, as it was before its last output was read, and whether some of the output was dropped
 */
async function follow(database, id, take, { look = () => {}, once = false } = {}) {
  const waiting = parts.commitsOf(database);
  const { signal } = readerOf(process.stdout);
  let status;
  for (let after = 0; ;) {
    const since = waiting.count();
    // Before its output: a run that has ended gets no more.
    const run = database.getRun(id);
    if (run === null) throw noRun(id);
    if (run.status !== status) look(run);
    status = run.status;
    const page = rest(database, id, after, take);
    if (once || ENDED.has(status) || signal.aborted) return { run, truncated: page.truncated };
    after = page.next;
    await waiting.next({ since, signal }).catch((error) => {
      if (!signal.aborted) throw error;
    });
  }
}

/** Reads the output after a piece to its end, and gives the last page. */
function rest(database, id, after, take) {
  let page = database.getOutput(id, { after, limit: PAGE });
  for (;;) {
    for (const chunk of page.items) take(chunk);
    if (page.items.length < PAGE) return page;
    page = database.getOutput(id, { after: page.next, limit: PAGE });
  }
}

/** Its `signal` is aborted once nobody reads what is printed any more. */
function readerOf(stream) {
  const reader = new AbortController();
  stream.once('error', () => reader.abort());
  return reader;
}

/** The error that the class throws for this. */
const noRun = (id) => Object.assign(new Error(`Run not found: ${id}`), { code: 'ERR_NOT_FOUND' });

module.exports = { follow, noRun, readerOf };
