'use strict';

// Reads a Linux library: its processor, the libraries that it links to, the symbol versions that it needs of them, and its exports.

const CPUS = { 62: 'x64', 183: 'arm64' };
const DYNAMIC = 6;
const DYNAMIC_SYMBOLS = 11;
const VERSIONS_NEEDED = 0x6ffffffe;
const NEEDED = 1n;

/** @param {Buffer} file */
function elf(file) {
  if (file.readUInt32BE(0) !== 0x7f454c46 || file[4] !== 2 || file[5] !== 1) throw new Error('not a 64-bit ELF file');
  const sections = sectionsOf(file);
  const strings = (section) => (offset) => text(file, sections[section.link].offset + offset);
  const found = (type) => sections.filter((section) => section.type === type);
  return {
    cpu: CPUS[file.readUInt16LE(18)],
    libraries: found(DYNAMIC).flatMap((section) => needed(file, section, strings(section))),
    versions: found(VERSIONS_NEEDED).flatMap((section) => versions(file, section, strings(section))),
    exports: found(DYNAMIC_SYMBOLS).flatMap((section) => exported(file, section, strings(section))),
  };
}

function sectionsOf(file) {
  const [start, size, count] = [Number(file.readBigUInt64LE(40)), file.readUInt16LE(58), file.readUInt16LE(60)];
  return Array.from({ length: count }, (_, index) => {
    const at = start + index * size;
    return {
      type: file.readUInt32LE(at + 4),
      offset: Number(file.readBigUInt64LE(at + 24)),
      size: Number(file.readBigUInt64LE(at + 32)),
      link: file.readUInt32LE(at + 40),
      info: file.readUInt32LE(at + 44),
    };
  });
}

function needed(file, { offset, size }, string) {
  const names = [];
  for (let at = offset; at < offset + size; at += 16) {
    if (file.readBigInt64LE(at) === NEEDED) names.push(string(Number(file.readBigUInt64LE(at + 8))));
  }
  return names;
}

/** Needed versions such as `GLIBC_2.17`: the section is a chain of libraries, each with a chain of versions. */
function versions(file, { offset, info }, string) {
  const names = [];
  for (let library = 0, at = offset; library < info; library += 1, at += file.readUInt32LE(at + 12)) {
    const count = file.readUInt16LE(at + 2);
    let entry = at + file.readUInt32LE(at + 8);
    for (let index = 0; index < count; index += 1, entry += file.readUInt32LE(entry + 12)) {
      names.push(string(file.readUInt32LE(entry + 8)));
    }
  }
  return names;
}

function exported(file, { offset, size }, string) {
  const names = [];
  for (let at = offset; at < offset + size; at += 24) {
    if (file.readUInt16LE(at + 6) !== 0) names.push(string(file.readUInt32LE(at)));
  }
  return names;
}

const text = (file, at) => file.toString('latin1', at, file.indexOf(0, at));

module.exports = { elf };
