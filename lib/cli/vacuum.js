'use strict';

const fs = require('node:fs');
const { Worker } = require('node:worker_threads');
const { print, printJson, progressBar, size } = require('./output.js');

module.exports = (root, run) => {
  root
    .command('vacuum')
    .description('give free pages back to the file system and put the rest in order')
    .option('--convert', 'an older file becomes one that pruning makes smaller in slices; says first what that takes')
    .option('--yes', 'do not ask')
    .action(
      run(async (options) => {
        const file = fs.realpathSync(options.db);
        if (options.convert) return require('./convert.js').convert(options, file, vacuum);
        const before = fs.statSync(file).size;
        checkRoom(file, before);
        const bar = progressBar(options);
        await vacuum(file, before, bar.progress).finally(bar.stop);
        const after = fs.statSync(file).size;
        if (options.json) return printJson({ path: file, before, after });
        print(`${file}: ${size(before)} before, ${size(after)} now`);
      }),
    );
};

/** Refuses a vacuum without the space for it: SQLite writes the whole database into a temporary file and again into the WAL. */
function checkRoom(file, bytes) {
  const { bavail, bsize } = fs.statfsSync(file);
  if (bavail * bsize < bytes * 2) {
    throw new Error(`${file}: a vacuum needs ${size(bytes * 2)} of free space, there are ${size(bavail * bsize)}`);
  }
}

/** Vacuums on a thread of its own, so that the growing WAL, which in the end holds the whole database, shows the progress. */
function vacuum(file, bytes, progress, convert = false) {
  const worker = new Worker(require.resolve('./vacuum_worker.js'), { workerData: { file, convert } });
  const look = () => {
    const done = Math.min(fs.statSync(`${file}-wal`, { throwIfNoEntry: false })?.size ?? 0, bytes);
    progress?.({ stage: 'vacuum', totalPages: bytes, remainingPages: bytes - done });
  };
  const timer = setInterval(look, 100);
  return new Promise((resolve, reject) => {
    worker.once('error', reject);
    worker.once('exit', resolve);
  }).finally(() => clearInterval(timer));
}
