'use strict';

// What a linker has to know of macOS: the symbols of its system library. Zig has that list, which Apple publishes in its SDK, and the
// SDK is in no package registry. So a symbol that macOS lacks fails the link here, too.

const fs = require('node:fs');
const path = require('node:path');

/** Libraries that Rust's standard library and SQLite link to, and that are all one library on macOS. */
const SYSTEM = ['libSystem', 'libc', 'libm', 'libpthread', 'libdl'];

/**
 * The symbols that are needed of frameworks, by name, since Zig has no list for them: for the root certificates that the system and its
 * user trust, and the types that hold them. All are in macOS since 10.6 or earlier, and in Apple's public headers.
 */
const FRAMEWORKS = {
  CoreFoundation: `
    CFArrayCreate CFArrayGetCount CFArrayGetValueAtIndex CFDataGetBytePtr CFDataGetLength CFDictionaryGetValueIfPresent CFEqual
    CFNumberGetValue CFRelease CFRetain CFStringCreateWithBytesNoCopy CFStringGetBytes CFStringGetCStringPtr CFStringGetLength
    kCFAllocatorDefault kCFAllocatorNull kCFTypeArrayCallBacks`,
  Security: `
    SecCertificateCopyData SecCopyErrorMessageString SecTrustSettingsCopyCertificates SecTrustSettingsCopyTrustSettings`,
  // The crate that tells the user's name links it for functions that nothing here uses: -dead_strip_dylibs removes it again.
  SystemConfiguration: '',
};

/** Makes a folder that a linker accepts as an SDK, and returns it. */
function appleSdk(zig, folder) {
  const lib = path.join(folder, 'usr/lib');
  const ofSystem = fs.readFileSync(path.join(zig, 'lib/libc/darwin/libSystem.tbd'), 'utf8');
  fs.mkdirSync(lib, { recursive: true });
  for (const name of SYSTEM) fs.writeFileSync(path.join(lib, `${name}.tbd`), readable(ofSystem));
  // Rust's `libc` names it on Apple's systems, and nothing here uses it: -dead_strip_dylibs removes it again.
  fs.writeFileSync(path.join(lib, 'libiconv.tbd'), library('/usr/lib/libiconv.2.dylib'));
  for (const [name, symbols] of Object.entries(FRAMEWORKS)) {
    const inside = `System/Library/Frameworks/${name}.framework`;
    fs.mkdirSync(path.join(folder, inside), { recursive: true });
    const text = library(`/${inside}/Versions/A/${name}`, symbols.split(/\s+/).filter(Boolean));
    fs.writeFileSync(path.join(folder, inside, `${name}.tbd`), text);
  }
  return folder;
}

/** Zig's list in the linker's words: architectures newer than the linker are removed, and arm64e becomes arm64. */
function readable(symbols) {
  return symbols
    .replace(/arm64e\.x1-\w+/g, '')
    .replace(/\[[^\]]*\]/g, (list) => list.replace(/(?:\s*,)+(?=\s*\])/g, '').replace(/,(?:\s*,)+/g, ','))
    .replaceAll('arm64e-', 'arm64-');
}

/** A library's description for the linker. */
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
