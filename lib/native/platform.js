'use strict';

const fs = require('node:fs');
const path = require('node:path');

/**
 * This machine in the words of binaries for Node: `linux-x64-gnu`, `linux-arm64-musl`, `darwin-arm64`, `win32-x64`. The
 * binaries of several platforms can lie side by side, and each is in a package of its own, too.
 */
function platformName() {
  const name = `${process.platform}-${process.arch}`;
  return process.platform === 'linux' ? `${name}-${libc()}` : name;
}

/**
 * Which C library this process runs on, from the interpreter named in its own executable's header. Trying the glibc
 * binary first and musl's on failure would not do: musl's loader accepts it and crashes later.
 */
function libc() {
  const header = Buffer.alloc(2048);
  try {
    const file = fs.openSync(process.execPath);
    try {
      fs.readSync(file, header);
    } finally {
      fs.closeSync(file);
    }
  } catch {
    return 'gnu';
  }
  return header.includes('/ld-musl-') ? 'musl' : 'gnu';
}

/** Where the binary for a platform lies in this package, there or not. */
function binaryPath(platform) {
  return path.join(__dirname, '../../prebuilds', `visual-db.${platform}.node`);
}

/** The package that holds nothing but the binary for a platform. It comes as an optional dependency. */
const binaryPackage = (platform) => `@ai-orchestra/visual-db-${platform}`;

module.exports = { platformName, binaryPath, binaryPackage };
