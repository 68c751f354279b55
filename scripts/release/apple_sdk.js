'use strict';

// What a linker has to know of macOS: which symbols its system library has. Zig carries that list, as Apple publishes it in
// its SDK, which can't be had from a package registry; so a symbol that macOS doesn't have fails the link here, too.

const fs = require('node:fs');
const path = require('node:path');

/** Names that Rust's library and SQLite are linked to and that are all one library on macOS. */
const SYSTEM = ['libSystem', 'libc', 'libm', 'libpthread', 'libdl'];

/** Makes the folder that a linker takes for an SDK, and returns it. */
function appleSdk(zig, folder) {
  const lib = path.join(folder, 'usr/lib');
  const symbols = fs.readFileSync(path.join(zig, 'lib/libc/darwin/libSystem.tbd'), 'utf8');
  fs.mkdirSync(lib, { recursive: true });
  for (const name of SYSTEM) fs.writeFileSync(path.join(lib, `${name}.tbd`), readable(symbols));
  // Rust's `libc` names it on Apple's systems, and nothing here uses it: -dead_strip_dylibs takes it away again.
  fs.writeFileSync(path.join(lib, 'libiconv.tbd'), EMPTY);
  return folder;
}

/** The list names architectures that are newer than the linker: those are taken out, and arm64e stands for arm64. */
function readable(symbols) {
  return symbols
    .replace(/arm64e\.x1-\w+/g, '')
    .replace(/\[[^\]]*\]/g, (list) => list.replace(/(?:\s*,)+(?=\s*\])/g, '').replace(/,(?:\s*,)+/g, ','))
    .replaceAll('arm64e-', 'arm64-');
}

const EMPTY = `--- !tapi-tbd
tbd-version: 4
targets: [ x86_64-macos, arm64-macos ]
install-name: '/usr/lib/libiconv.2.dylib'
current-version: 7
compatibility-version: 7
...
`;

module.exports = { appleSdk };
