'use strict';

const fs = require('node:fs');
const { placeOf } = require('./server.js');
const { many, print, printJson, progressBar } = require('./output.js');

module.exports = (root, run) => {
  root
    .command('import')
    .description('take in what `export` wrote, all of it or nothing; makes the database where there is none')
    .argument('<file>', 'the file to read; - is standard input')
    .action(
      run(async (options, file) => {
        const { db, json } = options;
        const bytes = file === '-' ? 0 : fs.statSync(file).size;
        const bar = progressBar(options);
        const onProgress =
          bar.progress &&
          ((step) => bar.progress({ stage: step.stage, totalPages: bytes, remainingPages: bytes - step.bytes }));
        const { VisualDatabase } = require('../index.js');
        const database = new VisualDatabase(placeOf(db));
        const source = file === '-' ? process.stdin : file;
        const came = await database
          .importAll(source, { onProgress })
          .finally(() => database.close())
          .finally(bar.stop);
        if (json) return printJson(came);
        const { lines, equal, ...added } = came;
        const told = Object.entries(added).filter(([, rows]) => rows > 0);
        print(`${many(lines, 'line')} read, ${equal.toLocaleString('en')} of them there already`);
        print(
          told.length === 0
            ? 'Nothing was new.'
            : told.map(([what, rows]) => `${rows.toLocaleString('en')} ${what}`).join(', '),
        );
      }),
    );
};
