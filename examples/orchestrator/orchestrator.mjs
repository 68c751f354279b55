// An orchestrator over HTTP: the board, drops that enqueue runs, the queue, and the history. Workers are processes of their own
// (../worker), which know the database and nothing of this server.
import { serve } from '@hono/node-server';
import { VisualDatabase } from '@ai-orchestra/visual-db';
import { api } from './api.mjs';

const db = new VisualDatabase({ dbPath: process.env.VISUAL_DB_PATH ?? 'data/visual.db' });
// For this machine only: whoever can reach it can have agents do anything.
const server = serve(
  { fetch: api(db).fetch, hostname: '127.0.0.1', port: Number(process.env.PORT ?? 8080) },
  ({ port }) => console.log(`http://127.0.0.1:${port}/board`),
);
// Each claim sweeps, too, but when no worker is left, nobody claims.
const sweeping = setInterval(() => db.sweepRuns(), 10_000);

for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, () => {
    clearInterval(sweeping);
    server.close(() => db.close());
  });
}
