// Ways of waiting for a commit of another process: each takes a database, and gives a function whose promise is settled at
// the next commit after it was called.
import { watch } from 'node:fs';
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const { commits, waitForCommit } = require('../../lib/visual/commits.js');
const { stateOf } = require('../../lib/visual/state.js');
const addon = require('../../lib/native/addon.js');

/** How often the ways look that have a timer in JavaScript. */
const PACE = 50;

/** Looks again and again, until what `look` gives is another. */
const timer = (look) => () =>
  new Promise((resolve) => {
    const before = look();
    const interval = setInterval(() => {
      if (look() === before) return;
      clearInterval(interval);
      resolve();
    }, PACE);
  });

export const WAYS = {
  // What the machine does anyway.
  nothing: () => () => new Promise((resolve) => setTimeout(resolve, 2 ** 31 - 1)),

  'the thread': (db) => {
    const { connection } = stateOf(db, 'wait');
    return () => waitForCommit(connection, 'wait', { since: commits(connection, 'wait') });
  },

  [`a timer that looks at the index each ${PACE} ms`]: (db) => {
    const { connection } = stateOf(db, 'wait');
    return timer(() => addon.generation(connection));
  },

  [`a timer that asks for data_version each ${PACE} ms`]: (db) => {
    const statement = db.db.prepare('PRAGMA data_version').pluck();
    return timer(() => statement.get());
  },

  // The WAL is written before the index: who looks at once may find nothing new, and hears of it no more.
  'fs.watch of the WAL, then data_version, twice': (db) => {
    const statement = db.db.prepare('PRAGMA data_version').pluck();
    return () =>
      new Promise((resolve) => {
        const before = statement.get();
        const look = () => {
          if (statement.get() === before) return;
          watcher.close();
          resolve();
        };
        const watcher = watch(`${db.db.name}-wal`, () => {
          look();
          setTimeout(look, 5);
        });
      });
  },
};
