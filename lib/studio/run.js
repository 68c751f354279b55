'use strict';

// A run with its related runs.

const MOST = 100;

/** `{ run, parent, before, children, more }`: `before` is the run that it retries; `more` says that it has more parts than are listed. */
function runOf(db, id) {
  const run = db.getRun(id);
  if (run === null) throw Object.assign(new Error(`Run not found: ${id}`), { code: 'ERR_NOT_FOUND' });
  const { items: children, next } = db.listRuns({ parentRunId: id, orderBy: 'oldest', limit: MOST });
  return {
    run,
    parent: summaryOf(db, run.parentRunId),
    before: summaryOf(db, run.retryOf),
    children,
    more: next !== null,
  };
}

/** A run without prompt and result; `null` where there is none, or none any more. */
function summaryOf(db, id) {
  const run = id === null ? null : db.getRun(id);
  if (run === null) return null;
  const { prompt: _, result: __, ...summary } = run;
  return summary;
}

module.exports = { runOf };
