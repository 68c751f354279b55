import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

const install = '__test__/*-install-*.test.mjs';
const browser = '__test__/*-browser-*.test.mjs';

export default defineConfig({
  test: {
    // Node's own process per file: suites start worker threads, end processes and load the addon anew.
    pool: 'forks',
    // Many suites wait for other processes or for the disk, so a processor more than vitest's own choice is not too many.
    maxWorkers: availableParallelism(),
    // Many tests wait for the disk, and a loaded machine's may take its time.
    testTimeout: 30_000,
    projects: [
      {
        extends: true,
        test: { name: 'suite', include: ['__test__/**/*.test.mjs'], exclude: [install, browser, '**/node_modules/**'] },
      },
      {
        // Installs the package as users do, which compiles it: minutes rather than seconds.
        extends: true,
        test: {
          name: 'install',
          include: [install],
          testTimeout: 600_000,
          hookTimeout: 600_000,
          fileParallelism: false,
        },
      },
      {
        // Studio's page in Chromium: `npm run test:studio`.
        extends: true,
        test: { name: 'studio', include: [browser], fileParallelism: false, testTimeout: 60_000 },
      },
    ],
  },
});
