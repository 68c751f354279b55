'use strict';

// Tests start further Node processes by `process.execPath`, so Linux itself has to start programs for another processor in QEMU. It
// is configured so (binfmt_misc) for as long as the tests run.

const fs = require('node:fs');
const path = require('node:path');
const { spawnSync } = require('node:child_process');

const FOLDER = '/proc/sys/fs/binfmt_misc';
const NAME = 'visual-db-aarch64';
/** The head of a 64-bit little-endian ELF program or library for arm64, and the mask of the bits that count. */
const MAGIC = String.raw`\x7fELF\x02\x01\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02\x00\xb7\x00`;
const MASK = String.raw`\xff\xff\xff\xff\xff\xff\xff\x00\xff\xff\xff\xff\xff\xff\xff\xff\xfe\xff\xff\xff`;

/** Makes Linux start programs for arm64, and returns a function that undoes it. */
function foreignPrograms() {
  if (!fs.existsSync(path.join(FOLDER, 'register'))) {
    const { status } = spawnSync('mount', ['-t', 'binfmt_misc', 'binfmt_misc', FOLDER]);
    if (status !== 0) throw new Error(`${FOLDER} can't be mounted: starting arm64's programs needs root`);
  }
  if (fs.readdirSync(FOLDER).some((name) => name.includes('aarch64'))) return () => {};
  fs.writeFileSync(path.join(FOLDER, 'register'), `:${NAME}:M::${MAGIC}:${MASK}:/usr/bin/qemu-aarch64:`);
  return () => fs.writeFileSync(path.join(FOLDER, NAME), '-1');
}

module.exports = { foreignPrograms };
