'use strict';

const fs = require('node:fs');
const path = require('node:path');

/**
 * This machine's platform as binaries for Node name it: `linux-x64-gnu`, `linux-arm64-musl`, `darwin-arm64`, `win32-x64`. Binaries of
 * several platforms can lie side by side, and each is in a package of its own, too.
 */
function platformName() {
  const name = `${process.platform}-${process.arch}`;
  return process.platform === 'linux' ? `${name}-${libc()}` : name;
}

/**
 * Which C library this process runs on, from the interpreter that its own executable names. Trying the glibc binary first
 * and musl's on failure would not do: musl's loader accepts the glibc binary and crashes later.
 */
function libc() {
  try {
    const file = fs.openSync(process.execPath);
    try {
      return interpreter(file).includes('/ld-musl-') ? 'musl' : 'gnu';
    } finally {
      fs.closeSync(file);
    }
  } catch {
    return 'gnu';
  }
}

const INTERPRETER = 3;

/** The interpreter that an executable names (ELF's PT_INTERP), wherever in the file the name stands: packagers move it. */
function interpreter(file) {
  const header = Buffer.alloc(4096);
  fs.readSync(file, header, 0, header.length, 0);
  const start = Number(header.readBigUInt64LE(32));
  const [size, count] = [header.readUInt16LE(54), header.readUInt16LE(56)];
  for (let at = start; at < start + count * size; at += size) {
    if (header.readUInt32LE(at) !== INTERPRETER) continue;
    const name = Buffer.alloc(Number(header.readBigUInt64LE(at + 32)));
    fs.readSync(file, name, 0, name.length, Number(header.readBigUInt64LE(at + 8)));
    return name.toString('latin1');
  }
  return '';
}

/** The path of the binary for a platform in this package, whether it exists or not. */
function binaryPath(platform) {
  return path.join(__dirname, '../../prebuilds', `visual-db.${platform}.node`);
}

/** The package with the binary for a platform alone, an optional dependency. */
const binaryPackage = (platform) => `@ai-orchestra/visual-db-${platform}`;

module.exports = { platformName, binaryPath, binaryPackage };
