// Suites about what any history leaves, by whichever of two programs, with what SQLite has on and off.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe } from 'vitest';
import { peerNode } from './child.mjs';
import { live } from './histories.mjs';
import { Database } from './visual_database.mjs';

const FOREIGN_WRITER = fileURLToPath(new URL('foreign_writer.mjs', import.meta.url));

const SETTINGS = [
  { recursive_triggers: 0, foreign_keys: 0 },
  { recursive_triggers: 0, foreign_keys: 1 },
  { recursive_triggers: 1, foreign_keys: 0 },
  { recursive_triggers: 1, foreign_keys: 1 },
];

/** A suite for each of the settings; `tests` is given the writers, each of which takes a file and a history. */
export function describeWriters(title, tests) {
  describe.each(SETTINGS)(title, (pragmas) => {
    let child;
    beforeAll(() => {
      child = fork(FOREIGN_WRITER, { execPath: peerNode(), execArgv: [] });
    });
    afterAll(() => child.kill());

    tests({
      async 'this package’s raw handle'(dbPath, history) {
        const db = new Database(dbPath);
        live(db, pragmas, history);
        db.close();
      },
      async 'better-sqlite3 in another process'(dbPath, history) {
        child.send({ dbPath, pragmas, history });
        await once(child, 'message');
      },
    });
  });
}
