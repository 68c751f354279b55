'use strict';

// Reads a macOS library: its processor and oldest system, the libraries that it links to, its exports, and whether its signature
// matches its content.

const { createHash } = require('node:crypto');

const MAGIC = 0xfeedfacf;
const CPUS = { 0x1000007: 'x64', 0x100000c: 'arm64' };
const COMMANDS = { SYMBOLS: 0x2, LIBRARY: 0xc, NAME: 0xd, SIGNATURE: 0x1d, OLDEST: 0x24, BUILD: 0x32 };
const DYNAMIC_LIBRARY = 6;
/** The flag that says that the linker found every symbol in a library. */
const NOTHING_UNDEFINED = 0x1;

/** @param {Buffer} file */
function macho(file) {
  if (file.readUInt32LE(0) !== MAGIC) throw new Error('not a 64-bit Mach-O file');
  const commands = commandsOf(file);
  const of = (kind) => commands.filter((command) => command.kind === kind).map(({ at }) => at);
  const [build] = of(COMMANDS.BUILD);
  const [oldest] = of(COMMANDS.OLDEST);
  const version = build ? file.readUInt32LE(build + 12) : oldest && file.readUInt32LE(oldest + 8);
  return {
    cpu: CPUS[file.readUInt32LE(4)],
    isLibrary: file.readUInt32LE(12) === DYNAMIC_LIBRARY,
    everySymbolFound: (file.readUInt32LE(24) & NOTHING_UNDEFINED) !== 0,
    macos: version && `${version >>> 16}.${(version >>> 8) & 0xff}`,
    name: of(COMMANDS.NAME).map((at) => text(file, at + file.readUInt32LE(at + 8)))[0],
    libraries: of(COMMANDS.LIBRARY).map((at) => text(file, at + file.readUInt32LE(at + 8))),
    exports: of(COMMANDS.SYMBOLS).flatMap((at) => exported(file, at)),
    signature: of(COMMANDS.SIGNATURE).map((at) => signature(file, at))[0],
  };
}

function commandsOf(file) {
  const commands = [];
  let at = 32;
  for (let index = 0; index < file.readUInt32LE(16); index += 1) {
    commands.push({ kind: file.readUInt32LE(at) & 0x7fffffff, at });
    at += file.readUInt32LE(at + 4);
  }
  return commands;
}

function exported(file, at) {
  const [symbols, count, strings] = [8, 12, 16].map((offset) => file.readUInt32LE(at + offset));
  return Array.from({ length: count }, (_, index) => symbols + index * 16)
    .filter((symbol) => (file[symbol + 4] & 0x1) !== 0 && (file[symbol + 4] & 0xe) !== 0)
    .map((symbol) => text(file, strings + file.readUInt32LE(symbol)).replace(/^_/, ''));
}

/** Apple's code directory holds the hash of every page; numbers in a signature are big-endian. */
function signature(file, at) {
  const start = file.readUInt32LE(at + 8);
  const blobs = file.readUInt32BE(start + 8);
  for (let index = 0; index < blobs; index += 1) {
    const directory = start + file.readUInt32BE(start + 16 + index * 8);
    if (file.readUInt32BE(directory) === 0xfade0c02) return codeDirectory(file, directory);
  }
  throw new Error('a signature without a code directory');
}

function codeDirectory(file, directory) {
  const hashes = directory + file.readUInt32BE(directory + 16);
  const count = file.readUInt32BE(directory + 28);
  const limit = file.readUInt32BE(directory + 32);
  const [length, kind, , shift] = file.subarray(directory + 36, directory + 40);
  const page = 2 ** shift;
  const fits = (index) => {
    const end = Math.min((index + 1) * page, limit);
    const hash = createHash('sha256')
      .update(file.subarray(index * page, end))
      .digest();
    return hash.equals(file.subarray(hashes + index * length, hashes + (index + 1) * length));
  };
  return {
    adHoc: (file.readUInt32BE(directory + 12) & 0x2) !== 0,
    fits:
      kind === 2 && count === Math.ceil(limit / page) && Array.from({ length: count }, (_, index) => index).every(fits),
  };
}

const text = (file, at) => file.toString('latin1', at, file.indexOf(0, at));

module.exports = { macho };
