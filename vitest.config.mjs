import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

const install = '__test__/*-install-*.test.mjs';
const building = '__test__/*-building-*.test.mjs';
const browser = '__test__/*-browser-*.test.mjs';
const postgres = '__test__/17?-postgres-*.test.mjs';
const cluster = '__test__/127-example-cluster*.test.mjs';

/** What any engine has to pass: the suites that open boards by `place()` and don't say where they are. */
const conformance = [
  '__test__/{04,05,06,07,08,09,10,11,12,13,14,15,17,19,21}-*.test.mjs',
  '__test__/{16-errors,22-hostile-*,23-*,28-repeated-reads,29-repeated-reads-random,90-*,118-actors-*,130-prompts,130-who-*,131-get-changes,132-watch,133-board,134-*,135-moves,137-archive,138-board-at,139-undo}.test.mjs',
  '__test__/{10,11}[0-9]-runs-*.test.mjs',
  '__test__/126-runs-any-calls.test.mjs',
  '__test__/{140-list-runs,141-find-worktrees,142-trend,143-flow,145-views}.test.mjs',
  '__test__/144-search.test.mjs',
  '__test__/{161-studio-answers,161-studio-history,162-studio-feed}.test.mjs',
  '__test__/{150-export,151-import,152-prune,153-retention,154-prune-and-transfer-arguments,155-dry-run}.test.mjs',
];

/** Those of them that AsyncVisualDatabase passes as well, each of its calls being waited for. */
const asynchronous = [
  '__test__/{05,06,07,08,09,10,11,12,13,14}-*.test.mjs',
  '__test__/{130-prompts,131-get-changes,133-board,135-moves}.test.mjs',
  '__test__/{10,11}[0-9]-runs-*.test.mjs',
];
const ofAsync = {
  env: { VISUAL_DB_ASYNC: '1' },
  setupFiles: ['./__test__/properties.mjs', './__test__/support/async/differences.mjs'],
};

/** What takes ten seconds or more, since it starts, kills and waits for many processes, or compiles. */
const long = [
  '__test__/faults/*.test.mjs',
  '__test__/{27-demo,27-memory,29-waiting-*,54-clients-mappers*,60-*,62-*,63-*,64-*,65-*,75-*,79-*,81-*,86-*,88-*}.test.mjs',
  '__test__/78-command-line{,-archive,-doctor-runs,-moves,-runs,-show}.test.mjs',
  '__test__/{120-*,121-*,122-*,124-*,125-*,131-command-line-*,133-feed-*,136-*,138-*,144-search-of-*,160-*,163-*}.test.mjs',
];

/** Under these tools a file may take an hour. */
const patient = process.env.VISUAL_DB_TORTURE || process.env.VISUAL_DB_ASAN;

const project = (name, include, exclude, rest) => ({
  extends: true,
  test: { name, include, exclude: [...exclude, '**/node_modules/**'], ...rest },
});

export default defineConfig({
  test: {
    // Node's own process per file: suites start worker threads, end processes and load the addon anew.
    pool: 'forks',
    // Many suites wait for other processes or for the disk, so a processor more than vitest's own choice is not too many.
    maxWorkers: availableParallelism(),
    // Many tests wait for the disk, and a loaded machine's may take its time.
    testTimeout: 30_000,
    setupFiles: ['./__test__/properties.mjs'],
    reporters: patient ? ['default'] : ['default', './__test__/overdue.mjs'],
    projects: [
      project('suite', ['__test__/**/*.test.mjs'], [install, building, browser, postgres, cluster, ...long]),
      project('long', long, []),
      // Installs the package as users do, and compiles it once: minutes rather than seconds.
      project('install', [install], [], { testTimeout: 600_000, hookTimeout: 600_000, fileParallelism: false }),
      // Compiles it in every way in which they may come to do that.
      project('building', [building], [], { testTimeout: 600_000, hookTimeout: 600_000, fileParallelism: false }),
      // Studio's page in Chromium: `npm run test:studio`.
      project('studio', [browser], [], { fileParallelism: false, testTimeout: 120_000 }),
      // On a PostgreSQL server, which it starts.
      project('postgres', [postgres, ...conformance], [], { globalSetup: '__test__/support/postgres/setup.mjs' }),
      // Three hosts under Patroni, one of which is killed: minutes, and Debian's PostgreSQL.
      project('cluster', [cluster], [], { fileParallelism: false }),
      // AsyncVisualDatabase in the place of VisualDatabase, on both engines.
      project('async', asynchronous, [], ofAsync),
      project('async-postgres', asynchronous, [], { ...ofAsync, globalSetup: '__test__/support/postgres/setup.mjs' }),
    ],
  },
});
