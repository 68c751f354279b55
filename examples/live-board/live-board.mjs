// The board in browsers, live, by Server-Sent Events, whoever changes it. A browser that lost its connection reconnects by
// itself and says which event was its last (Last-Event-ID): that is the place in the feed where it goes on.
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { VisualDatabase } from '@ai-orchestra/visual-db';

const db = new VisualDatabase({ dbPath: process.env.VISUAL_DB_PATH ?? 'data/visual.db' });
const page = readFileSync(new URL('page.html', import.meta.url));
const LOST = new Set(['ERR_HISTORY_PRUNED', 'ERR_CURSOR']);

async function follow(response, after, signal) {
  const send = async (event, id, data) => {
    const more = response.write(`event: ${event}\nid: ${id}\ndata: ${JSON.stringify(data)}\n\n`);
    if (!more) await once(response, 'drain', { signal });
  };
  for (;;) {
    try {
      if (!after) {
        const { next, ...board } = db.getBoard();
        await send('board', (after = next), board);
      }
      const changes = db.watch({ after, signal });
      for await (const change of changes) await send('change', changes.position, change);
      return;
    } catch (error) {
      if (!LOST.has(error.code)) throw error;
      after = undefined;
    }
  }
}

const server = createServer((request, response) => {
  // Refuses requests to any other name, which somebody else's name server may have pointed to this machine.
  if (!/^(127\.0\.0\.1|localhost)(:\d+)?$/.test(request.headers.host)) return response.writeHead(403).end();
  if (request.url !== '/events') return response.writeHead(200, { 'content-type': 'text/html' }).end(page);
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' }).flushHeaders();
  follow(response, request.headers['last-event-id'], gone.signal)
    .catch((error) => gone.signal.aborted || console.error(error))
    .finally(() => response.end());
});
server.listen(Number(process.env.PORT ?? 8080), '127.0.0.1', () => {
  console.log(`http://127.0.0.1:${server.address().port}/`);
});

for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, () => {
    server.close();
    // Closing the database ends the watches, and with them the open responses.
    db.close();
  });
}
