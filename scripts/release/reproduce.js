'use strict';

// `npm run build:again`: builds the binaries of the manifest once more, from a copy of the sources in another folder
// and without earlier results, and compares the bytes. `--only NAME,NAME` takes some platforms.

const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { parseArgs } = require('node:util');
const { compile } = require('./compile.js');
const { inspect } = require('./inspect.js');
const { toolchain } = require('./toolchain.js');

const ROOT = path.join(__dirname, '../..');
const MANIFEST = path.join(ROOT, 'prebuilds/manifest.json');

/** Copies the sources of the binaries. */
function copy(folder) {
  const { status, stdout, stderr } = spawnSync(
    'git',
    ['ls-files', '-z', '--cached', '--others', '--exclude-standard'],
    {
      cwd: ROOT,
      encoding: 'utf8',
      maxBuffer: 2 ** 26,
    },
  );
  if (status !== 0) throw new Error(`git ls-files ended with ${status}: ${stderr}`);
  for (const file of stdout.split('\0').filter((name) => name !== '' && fs.existsSync(path.join(ROOT, name)))) {
    fs.cpSync(path.join(ROOT, file), path.join(folder, file));
  }
}

function main() {
  const { only } = parseArgs({ options: { only: { type: 'string' } } }).values;
  const manifest = fs.existsSync(MANIFEST) ? JSON.parse(fs.readFileSync(MANIFEST, 'utf8')) : {};
  const platforms = only?.split(',') ?? Object.keys(manifest);
  if (platforms.length === 0 || !platforms.every((name) => manifest[name])) {
    console.error(`${MANIFEST} does not tell of ${platforms.join(', ') || 'any binary'}: npm run build:all`);
    process.exitCode = 2;
    return;
  }
  const tools = toolchain(path.resolve(process.env.CARGO_TARGET_DIR ?? path.join(ROOT, 'target'), 'release-tools'));
  const work = fs.mkdtempSync(path.join(os.tmpdir(), 'visual-db-again-'));
  try {
    const folder = path.join(work, 'somewhere/else');
    copy(folder);
    const differing = platforms.filter((platform) => {
      console.log(`\n=== ${platform}`);
      const library = compile(platform, { tools, folder, targetDir: path.join(work, 'target') });
      const { sha256 } = inspect(platform, library);
      const same = sha256 === manifest[platform].sha256;
      console.log(same ? `the same: ${sha256}` : `another one: ${sha256}, not ${manifest[platform].sha256}`);
      return !same;
    });
    if (differing.length > 0) {
      console.error(`\nNot the same bytes: ${differing.join(', ')}`);
      process.exitCode = 1;
    }
  } finally {
    fs.rmSync(work, { recursive: true, force: true });
  }
}

main();
