'use strict';

// npm runs this before it packs, in a clone: a package without a binary would have to be compiled by everybody who
// installs it, and nobody would notice here.

const fs = require('node:fs');
const path = require('node:path');
const { platformName, binaryPath } = require('../lib/native/platform.js');

/** Set by who wants a package without one, where a package manager packs of itself (Yarn does for Git dependencies). */
const ANYWAY = 'VISUAL_DB_PACK_WITHOUT_BINARY';

function main() {
  const folder = path.dirname(binaryPath(platformName()));
  const binaries = fs.existsSync(folder) ? fs.readdirSync(folder).filter((name) => name.endsWith('.node')) : [];
  if (binaries.length > 0 || process.env[ANYWAY]) return;
  console.error(
    `Nothing is packed: there is no binary in ${folder}, so whoever installs the package would need Rust to build one.\n` +
      '  npm run build             builds the one for this machine\n' +
      '  npm run build:portable    the one for any Linux with glibc 2.17 or later\n' +
      `To pack the sources alone: npm pack --ignore-scripts, or ${ANYWAY}=1 in the environment.`,
  );
  process.exitCode = 1;
}

main();
