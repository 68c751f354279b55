// Waiting for commits, which the package does inside, as the suites about it do.
import { createRequire } from 'node:module';
import { setTimeout } from 'node:timers/promises';

// As the package loads them: imported here they would be other ones, which know none of its databases.
const require = createRequire(import.meta.url);
const { commits: commitsOf, waitForCommit } = require('../../lib/visual/commits.js');
const { stateOf } = require('../../lib/visual/state.js');

export const METHOD = 'waitForRun';

/** `'commit'`, `'due'` or the error, once there is one. */
export function wait(db, options) {
  const waiting = waitForCommit(stateOf(db, METHOD).connection, METHOD, options);
  // A test may look at the error later than it happens.
  waiting.catch(() => {});
  return waiting;
}

export const commits = (db) => commitsOf(stateOf(db, METHOD).connection, METHOD);

/** Longer than it takes to hear of a commit. */
export const AWHILE = 250;

/** What became of a promise within a while: `'pending'` where nothing did. */
export const within = (promise, milliseconds = AWHILE) => Promise.race([promise, setTimeout(milliseconds, 'pending')]);
