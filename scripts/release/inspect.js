'use strict';

// Checks a binary for a release by reading the file itself: it has to be for its processor and its oldest system, may link to nothing
// that a user may lack, and has one export, the function that Node calls.

const fs = require('node:fs');
const { createHash } = require('node:crypto');
const { LARGEST_BINARY } = require('../build.js');
const { elf } = require('./formats/elf.js');
const { macho } = require('./formats/macho.js');
const { pe } = require('./formats/pe.js');
const { TARGETS } = require('./targets.js');

const ENTRY = 'napi_register_module_v1';
/**
 * The libraries that every system of a kind has: the C library, in parts; those for root certificates, on macOS and Windows; and on
 * Windows also those that Rust's standard library and MinGW need.
 */
const PRESENT = {
  glibc: /^(lib(c|m|dl|pthread|rt|util)\.so\.\d|ld-linux-(x86-64|aarch64)\.so\.\d)$/,
  musl: /^libc\.(so|musl-(x86_64|aarch64)\.so\.1)$/,
  darwin:
    /^(\/usr\/lib\/libSystem\.B\.dylib|\/System\/Library\/Frameworks\/(CoreFoundation|Security)\.framework\/Versions\/A\/\2)$/,
  win32:
    /^(kernel32|ntdll|ws2_32|userenv|bcrypt|bcryptprimitives|advapi32|crypt32|synchronization|api-ms-win-[\w-]+)\.dll$/i,
};

/** What is read from a file, and what is wrong with it: `{ size, sha256, needs, libraries, problems, … }`. */
function inspect(platform, file) {
  const target = TARGETS[platform];
  const bytes = fs.readFileSync(file);
  const found = { elf, macho, pe }[target.format](bytes);
  const needs = { elf: neededOfLinux, macho: ({ macos }) => ({ macos }), pe: ({ windows }) => ({ windows }) };
  const told = {
    size: bytes.length,
    sha256: createHash('sha256').update(bytes).digest('hex'),
    needs: needs[target.format](found),
    libraries: found.libraries,
    ...(found.signature ? { signature: found.signature.adHoc ? 'ad hoc' : 'of somebody' } : {}),
  };
  return { ...told, problems: [...problemsOfAll(target, found, told), ...problemsOf[target.format](target, found)] };
}

/** What a Linux binary needs. Symbols of musl have no versions, so it can only be told that a binary needs musl. */
function neededOfLinux({ versions, libraries }) {
  const glibc = versions
    .flatMap((version) => /^GLIBC_(\d+\.\d+)/.exec(version)?.[1] ?? [])
    .sort(compare)
    .at(-1);
  if (glibc) return { glibc };
  return libraries.some((name) => PRESENT.musl.test(name)) ? { musl: 'of any version that has its symbols' } : {};
}

function problemsOfAll(target, found, { size, needs }) {
  const others = found.libraries.filter((name) => !PRESENT[target.libc ?? target.os].test(name));
  return [
    ...(found.cpu === target.cpu ? [] : [`is for ${found.cpu}`]),
    ...(found.exports.includes(ENTRY) ? [] : [`does not export ${ENTRY}`]),
    ...(found.exports.length <= 1 ? [] : [`exports ${found.exports.length} symbols`]),
    ...(others.length > 0 ? [`is linked to ${others.join(', ')}`] : []),
    ...(size <= LARGEST_BINARY ? [] : [`has ${size} bytes, more than ${LARGEST_BINARY}`]),
    ...Object.entries(target.floor)
      .filter(([system, oldest]) => needs[system] === undefined || compare(needs[system], oldest) > 0)
      .map(([system, oldest]) => `needs ${system} ${needs[system]}, later than ${oldest}`),
  ];
}

const problemsOf = {
  elf: (target, { versions }) =>
    target.libc === 'musl' && versions.some((name) => name.startsWith('GLIBC_')) ? ['asks for glibc'] : [],
  macho: (_, { everySymbolFound, isLibrary, signature }) => [
    ...(isLibrary ? [] : ['is no dynamic library']),
    ...(everySymbolFound ? [] : ['asks for symbols that macOS does not have']),
    ...(signature?.adHoc && signature.fits ? [] : ['has no signature that fits it']),
  ],
  pe: (_, { isLibrary }) => (isLibrary ? [] : ['is no dynamic library']),
};

/** Compares two versions such as '2.9' and '2.17'. */
function compare(one, other) {
  const [[major, minor], [otherMajor, otherMinor]] = [one, other].map((version) => version.split('.').map(Number));
  return major - otherMajor || minor - otherMinor;
}

module.exports = { inspect };
