'use strict';

// What a linker has to know of macOS: which symbols its system library has. Zig carries that list, as Apple publishes it in
// its SDK, which can't be had from a package registry; so a symbol that macOS doesn't have fails the link here, too.

const fs = require('node:fs');
const path = require('node:path');

/** Names that Rust's library and SQLite are linked to and that are all one library on macOS. */
const SYSTEM = ['libSystem', 'libc', 'libm', 'libpthread', 'libdl'];

/**
 * What is asked of the frameworks that every macOS has, by name, since Zig has no list of theirs: the root certificates that the
 * system and its user trust, and what those are held in. All of it is in macOS since 10.6 or earlier, and in Apple's public headers.
 */
const FRAMEWORKS = {
  CoreFoundation: `
    CFArrayCreate CFArrayGetCount CFArrayGetValueAtIndex CFDataGetBytePtr CFDataGetLength CFDictionaryGetValueIfPresent CFEqual
    CFNumberGetValue CFRelease CFRetain CFStringCreateWithBytesNoCopy CFStringGetBytes CFStringGetCStringPtr CFStringGetLength
    kCFAllocatorDefault kCFAllocatorNull kCFTypeArrayCallBacks`,
  Security: `
    SecCertificateCopyData SecCopyErrorMessageString SecTrustSettingsCopyCertificates SecTrustSettingsCopyTrustSettings`,
  // Named by what tells a user's name, which asks it for other things alone: -dead_strip_dylibs takes it away again.
  SystemConfiguration: '',
};

/** Makes the folder that a linker takes for an SDK, and returns it. */
function appleSdk(zig, folder) {
  const lib = path.join(folder, 'usr/lib');
  const ofSystem = fs.readFileSync(path.join(zig, 'lib/libc/darwin/libSystem.tbd'), 'utf8');
  fs.mkdirSync(lib, { recursive: true });
  for (const name of SYSTEM) fs.writeFileSync(path.join(lib, `${name}.tbd`), readable(ofSystem));
  // Rust's `libc` names it on Apple's systems, and nothing here uses it: -dead_strip_dylibs takes it away again.
  fs.writeFileSync(path.join(lib, 'libiconv.tbd'), library('/usr/lib/libiconv.2.dylib'));
  for (const [name, symbols] of Object.entries(FRAMEWORKS)) {
    const inside = `System/Library/Frameworks/${name}.framework`;
    fs.mkdirSync(path.join(folder, inside), { recursive: true });
    const text = library(`/${inside}/Versions/A/${name}`, symbols.split(/\s+/).filter(Boolean));
    fs.writeFileSync(path.join(folder, inside, `${name}.tbd`), text);
  }
  return folder;
}

/** The list names architectures that are newer than the linker: those are taken out, and arm64e stands for arm64. */
function readable(symbols) {
  return symbols
    .replace(/arm64e\.x1-\w+/g, '')
    .replace(/\[[^\]]*\]/g, (list) => list.replace(/(?:\s*,)+(?=\s*\])/g, '').replace(/,(?:\s*,)+/g, ','))
    .replaceAll('arm64e-', 'arm64-');
}

/** A library as a linker is told of it. */
function library(name, symbols = []) {
  const targets = '[ x86_64-macos, arm64-macos ]';
  const list = symbols.map((symbol) => `_${symbol}`).join(', ');
  return `--- !tapi-tbd
tbd-version: 4
targets: ${targets}
install-name: '${name}'
current-version: 1
compatibility-version: 1
${list && `exports:\n  - targets: ${targets}\n    symbols: [ ${list} ]\n`}...
`;
}

module.exports = { appleSdk };
