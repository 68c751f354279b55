'use strict';

// The platforms that a release has binaries for, and what each binary is built for. The names are the loader's
// (lib/native/platform.js); `floor` is the oldest system that has to suffice, and is compared with what the file says.

const GNU = { os: 'linux', libc: 'glibc', format: 'elf', floor: { glibc: '2.17' } };
const MUSL = { os: 'linux', libc: 'musl', format: 'elf', floor: {} };
const DARWIN = { os: 'darwin', format: 'macho', floor: { macos: '11.0' } };
const WIN32 = { os: 'win32', format: 'pe', floor: { windows: '10.0' } };

const TARGETS = {
  'linux-x64-gnu': { ...GNU, cpu: 'x64', rust: 'x86_64-unknown-linux-gnu' },
  'linux-arm64-gnu': { ...GNU, cpu: 'arm64', rust: 'aarch64-unknown-linux-gnu' },
  'linux-x64-musl': { ...MUSL, cpu: 'x64', rust: 'x86_64-unknown-linux-musl' },
  'linux-arm64-musl': { ...MUSL, cpu: 'arm64', rust: 'aarch64-unknown-linux-musl' },
  'darwin-x64': { ...DARWIN, cpu: 'x64', rust: 'x86_64-apple-darwin' },
  'darwin-arm64': { ...DARWIN, cpu: 'arm64', rust: 'aarch64-apple-darwin' },
  // With MinGW's C library rather than Microsoft's, which is in no package registry. For Node it makes no difference: Node-API is C.
  'win32-x64': { ...WIN32, cpu: 'x64', rust: 'x86_64-pc-windows-gnu' },
  'win32-arm64': { ...WIN32, cpu: 'arm64', rust: 'aarch64-pc-windows-gnullvm' },
};

module.exports = { TARGETS };
