'use strict';

// `npm run bench` and `npm run bench:quick`: the package beside its peers, which are installed only for this.

const { dependencies, addon, run } = require('./setup.js');

dependencies();
dependencies('bench');
addon();
run(process.execPath, ['bench/index.mjs', ...process.argv.slice(2)]);
