'use strict';

// npm runs this after unpacking the package, or blocks it: nothing depends on it, and it never makes an install fail.
// Where it doesn't run or can't build, the first import says what to do.

const fs = require('node:fs');
const { platformName, binaryPath } = require('../lib/native/platform.js');
const { build, BuildError } = require('./build.js');

if (!fs.existsSync(binaryPath(platformName()))) {
  try {
    build();
  } catch (error) {
    if (!(error instanceof BuildError)) throw error;
    console.error(`@ai-orchestra/visual-db is installed without its binary.\n${error.message}`);
  }
}
