'use strict';

// SQL that only reads, in a process of its own (sql_process.js), with a limit of time and rows.

const path = require('node:path');
const { inProcess, parsed } = require('./commands.js');
const { Refused } = require('./replies.js');

const PROCESS = path.join(__dirname, 'sql_process.js');
const LIMIT_MS = 10_000;
const MOST_ROWS = 1000;
/** How many may run at once. */
const MOST = 2;

/** `query(sql, signal)` gives `{ columns, rows, truncated, plan, durationMs }`, or throws what the engine refuses it with. */
function sqlOf({ file, server }) {
  let running = 0;
  return async (sql, signal) => {
    if (file === null && server === null)
      throw new Refused(501, 'ERR_ENGINE_UNSUPPORTED', 'A board in memory is asked no SQL');
    if (typeof sql !== 'string' || sql.trim() === '') throw new Refused(400, 'ERR_SQL', 'One statement is wanted');
    if (running >= MOST) throw new Refused(429, 'ERR_TOO_MANY', `${MOST} statements run already`);
    running += 1;
    try {
      const input = JSON.stringify({ file, server, sql, most: MOST_ROWS, limitMs: LIMIT_MS });
      const answer = parsed(await inProcess(PROCESS, [], { input, limitMs: LIMIT_MS, signal }));
      if (answer.error !== undefined) throw new Refused(400, 'ERR_SQL', answer.error);
      return answer;
    } finally {
      running -= 1;
    }
  };
}

module.exports = { sqlOf };
