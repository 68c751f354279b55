'use strict';

// Loaded into every Node under `npm run asan`.

const { ChildProcess } = require('node:child_process');

// Loads the addon with AddressSanitizer instead of the ordinary one.
const { dlopen } = process;
process.dlopen = function (module, file, ...flags) {
  const wanted = /[\\/]prebuilds[\\/]visual-db\.[^\\/]+\.node$/.test(file) ? process.env.VISUAL_DB_ASAN : file;
  return dlopen.call(process, module, wanted ?? file, ...flags);
};

// vitest ends the processes of its suites with SIGTERM, and half a second later with SIGKILL. Leaks are reported at an ordinary
// end of a process, and finding them takes longer than that.
if (process.argv[1]?.endsWith('vitest.mjs')) {
  const { kill } = ChildProcess.prototype;
  ChildProcess.prototype.kill = function (signal) {
    return signal === 'SIGKILL' ? false : kill.call(this, signal);
  };
} else if (process.env.VITEST_POOL_ID && process.argv[1]?.includes('vitest')) {
  process.once('SIGTERM', () => process.exit());
}
