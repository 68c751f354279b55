// Ways of waiting for a commit of another process: each takes a database, and gives a function that returns a promise of
// the next commit.
import { watch } from 'node:fs';
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const { commits, waitForCommit } = require('../../lib/visual/commits.js');
const { stateOf } = require('../../lib/visual/state.js');
const addon = require('../../lib/native/addon.js');

/** The interval of the ways that poll by a timer in JavaScript, in milliseconds. */
const PACE = 50;

/** Polls until `look` gives another value. */
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
  // The baseline: what the process costs anyway.
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

  // The WAL is written before its index: a look at once may find nothing new, and there is no second event.
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
