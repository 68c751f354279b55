// Suites about what programs leave that don't write SQL themselves: the JavaScript layer's class, and Kysely, each in a process of
// its own on better-sqlite3.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { afterAll, beforeAll, describe } from 'vitest';
import { agreedSteps } from './calls.mjs';
import { peerNode } from './child.mjs';
import { anyQueries } from './kysely_queries.mjs';
import { startPeer } from './peer.mjs';

const KYSELY = fileURLToPath(new URL('kysely_writer.mjs', import.meta.url));

/** Calls of the class, enough of them that worktrees get into zones. */
const anySteps = fc.array(agreedSteps, { minLength: 4, maxLength: 6 }).map((lists) => lists.flat());

/** `tests` is given the writers by name: what each may do, and `write(dbPath, what)`. */
export function describeClients(title, tests) {
  describe(title, () => {
    let layer;
    let kysely;
    beforeAll(() => {
      layer = startPeer();
      kysely = fork(KYSELY, { execPath: peerNode(), execArgv: [] });
    });
    afterAll(() => {
      layer.stop();
      kysely.kill();
    });

    tests({
      'the JavaScript layer': { any: anySteps, write: (dbPath, steps) => layer.perform(dbPath, steps) },
      'Kysely on better-sqlite3': {
        any: anyQueries,
        async write(dbPath, queries) {
          kysely.send({ dbPath, queries });
          await once(kysely, 'message');
        },
      },
    });
  });
}
