#!/usr/bin/env node
'use strict';

require('../lib/cli/streams.js').watchStreams();

// `build` comes before everything else: it has to work where no binary is there yet and nothing else can be loaded.
if (process.argv[2] === 'build') {
  require('../scripts/build.js').main(process.argv.slice(3));
} else {
  require('../lib/cli/index.js').main(process.argv);
}
