'use strict';

// npm runs this before packing: everybody who installs a package without a binary would have to compile it, and one whose
// JavaScript is not in one file would start slower; here nobody would notice either.

const fs = require('node:fs');
const path = require('node:path');
const { platformName, binaryPath } = require('../lib/native/platform.js');

/** Set this to pack without a binary, where a package manager packs by itself (Yarn does for Git dependencies). */
const ANYWAY = 'VISUAL_DB_PACK_WITHOUT_BINARY';

async function main() {
  const anyway = Boolean(process.env[ANYWAY]);
  const folder = path.dirname(binaryPath(platformName()));
  const binaries = fs.existsSync(folder) ? fs.readdirSync(folder).filter((name) => name.endsWith('.node')) : [];
  if (binaries.length === 0 && !anyway) {
    return refuse(
      `there is no binary in ${folder}, so whoever installs the package would need Rust to build one.\n` +
        '  npm run build             builds the one for this machine\n' +
        '  npm run build:portable    the one for any Linux with glibc 2.17 or later',
    );
  }
  const esbuild = installed('esbuild');
  if (esbuild) return require('./one_file.js').make(esbuild);
  if (!anyway)
    refuse('esbuild, which makes one file of lib/, is not installed.\n  npm ci --ignore-scripts    installs it');
}

function refuse(why) {
  console.error(
    `Nothing is packed: ${why}\n` +
      `To pack the sources alone: npm pack --ignore-scripts, or ${ANYWAY}=1 in the environment.`,
  );
  process.exitCode = 1;
}

/** A package, if it is installed. */
function installed(name) {
  try {
    return require(name);
  } catch (error) {
    if (error.code === 'MODULE_NOT_FOUND') return undefined;
    throw error;
  }
}

main();
