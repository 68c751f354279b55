'use strict';

// Reads a Windows library: its processor and oldest Windows, the libraries that it links to, and its exports.

const CPUS = { 0x8664: 'x64', 0xaa64: 'arm64' };
const IS_LIBRARY = 0x2000;

/** @param {Buffer} file */
function pe(file) {
  const start = file.readUInt32LE(0x3c);
  if (file.readUInt16LE(0) !== 0x5a4d || file.readUInt32BE(start) !== 0x50450000) throw new Error('not a PE file');
  const optional = start + 24;
  if (file.readUInt16LE(optional) !== 0x20b) throw new Error('not a 64-bit PE file');
  const sections = sectionsOf(file, optional + file.readUInt16LE(start + 20), file.readUInt16LE(start + 6));
  const inFile = (address) => {
    const section = sections.find(({ from, to }) => address >= from && address < to);
    return section && address - section.from + section.offset;
  };
  const table = (index) => inFile(file.readUInt32LE(optional + 112 + index * 8));
  return {
    cpu: CPUS[file.readUInt16LE(start + 4)],
    isLibrary: (file.readUInt16LE(start + 22) & IS_LIBRARY) !== 0,
    // The subsystem's version is the one that Windows compares with its own.
    windows: `${file.readUInt16LE(optional + 48)}.${file.readUInt16LE(optional + 50)}`,
    libraries: imported(file, table(1), inFile),
    exports: exported(file, table(0), inFile),
  };
}

function sectionsOf(file, start, count) {
  return Array.from({ length: count }, (_, index) => {
    const at = start + index * 40;
    const from = file.readUInt32LE(at + 12);
    return { from, to: from + file.readUInt32LE(at + 16), offset: file.readUInt32LE(at + 20) };
  });
}

function imported(file, table, inFile) {
  const names = [];
  for (let at = table; at && file.readUInt32LE(at + 12) !== 0; at += 20) {
    names.push(text(file, inFile(file.readUInt32LE(at + 12))));
  }
  return names;
}

function exported(file, table, inFile) {
  if (!table) return [];
  const names = inFile(file.readUInt32LE(table + 32));
  return Array.from({ length: file.readUInt32LE(table + 24) }, (_, index) =>
    text(file, inFile(file.readUInt32LE(names + index * 4))),
  );
}

const text = (file, at) => file.toString('latin1', at, file.indexOf(0, at));

module.exports = { pe };
