'use strict';

const fs = require('node:fs');
const path = require('node:path');

/**
 * This machine in the words of Node-API binaries: `linux-x64-gnu`, `linux-arm64-musl`, `darwin-arm64`, `win32-x64-msvc`.
 * One package can carry the binaries of several platforms side by side.
 */
function platformName() {
  const name = `${process.platform}-${process.arch}`;
  if (process.platform === 'linux') return `${name}-${libc()}`;
  return process.platform === 'win32' ? `${name}-msvc` : name;
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

/** Where the binary for a platform lies, there or not. */
function binaryPath(platform) {
  return path.join(__dirname, '../../prebuilds', `visual-db.${platform}.node`);
}

module.exports = { platformName, binaryPath };
