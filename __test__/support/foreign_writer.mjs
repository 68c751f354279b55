// better-sqlite3 in a process of its own, on the Node that it needs: lives the histories that it is sent.
import { createRequire } from 'node:module';
import { live } from './histories.mjs';

const Database = createRequire(new URL('../peer/package.json', import.meta.url))('better-sqlite3');

process.on('message', ({ dbPath, pragmas, history }) => {
  const db = new Database(dbPath);
  const failed = live(db, pragmas, history);
  db.close();
  process.send(failed);
});
