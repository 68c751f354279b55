'use strict';

// The feed as Server-Sent Events. The id of an event is the place in the feed after it, so a browser that lost its connection
// says by `Last-Event-ID` where to go on. What it has not read yet waits in the database, not in memory.

const { once } = require('node:events');
const { home } = require('../entry/parts');
const { Refused } = require('./replies.js');

const ENTITIES = ['worktree', 'zone', 'assignment', 'execution', 'run', 'metadata', 'limit', 'budget', 'output'];
const LOST = new Set(['ERR_HISTORY_PRUNED', 'ERR_CURSOR']);
/** How many connections may follow at once: no person needs more. */
const MOST = 100;
/** How long a reader may leave everything unread, in milliseconds. */
const PATIENCE = 30_000;
/** The interval of comments, in milliseconds: proxies cut silent connections. */
const PULSE = 15_000;

/** The route that follows the feed of `db`. */
function eventsOf(db) {
  let following = 0;
  return async (request, response, { searchParams }) => {
    if (following >= MOST) throw new Refused(503, 'ERR_TOO_MANY', 'Too many follow already');
    following += 1;
    const gone = new AbortController();
    response.once('close', () => gone.abort());
    // Only writing shows that the other side has vanished.
    const pulse = setInterval(() => response.write(': still here\n\n'), PULSE);
    try {
      // X-Accel-Buffering: a proxy that buffers would hold the events back.
      response.writeHead(200, { 'Content-Type': 'text/event-stream', 'X-Accel-Buffering': 'no' });
      response.write('retry: 1000\n\n');
      const after = request.headers['last-event-id'] ?? searchParams.get('after') ?? undefined;
      await follow(db, response, after, gone.signal);
    } catch (error) {
      if (!gone.signal.aborted && home.isOpen(db)) throw error;
    } finally {
      following -= 1;
      clearInterval(pulse);
      response.end();
    }
  };
}

async function follow(db, response, after, signal) {
  try {
    const changes = db.watch({ after, entities: ENTITIES, signal });
    for await (const change of changes) {
      const text = `event: change\nid: ${changes.position}\ndata: ${JSON.stringify(change)}\n\n`;
      if (!response.write(text)) await drained(response, signal);
    }
  } catch (error) {
    if (!LOST.has(error.code)) throw error;
    // The page then reads the board again, and follows the feed from there.
    response.write('event: lost\ndata: {}\n\n');
  }
}

async function drained(response, signal) {
  const patience = setTimeout(() => response.destroy(), PATIENCE);
  try {
    await once(response, 'drain', { signal });
  } finally {
    clearTimeout(patience);
  }
}

module.exports = { eventsOf };
