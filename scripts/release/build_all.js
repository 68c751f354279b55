'use strict';

// `npm run build:all`: on one Linux x64 machine, from package registries alone, the binary of every platform, what each of
// them needs (prebuilds/manifest.json), and the packages that are published (dist/).

const fs = require('node:fs');
const path = require('node:path');
const { binaryPath } = require('../../lib/native/platform.js');
const { dependencies } = require('../setup.js');
const { compile } = require('./compile.js');
const { inspect } = require('./inspect.js');
const { readOptions } = require('./options.js');
const { makePackages } = require('./packages.js');
const { TARGETS } = require('./targets.js');
const { toolchain } = require('./toolchain.js');

const ROOT = path.join(__dirname, '../..');
const MANIFEST = path.join(ROOT, 'prebuilds/manifest.json');
const DIST = path.join(ROOT, 'dist');
const USAGE = `npm run build:all [-- OPTIONS]: the binaries of all platforms, prebuilds/manifest.json, and the packages in dist/

  --only NAME,NAME  of the platforms: ${Object.keys(TARGETS).join(', ')}
  --no-packages     the binaries and the manifest alone
  --help

Debian 12 on x64. The compilers that are missing are installed, by apt (root or sudo) and pip.
Ends with 0, with 1 where a binary was not built or refused, with 2 where it was called wrongly.`;

/** Builds the binary of one platform, puts it where the loader looks, and returns its line of the manifest. */
function one(platform, tools, targetDir) {
  const start = Date.now();
  console.log(`\n=== ${platform}`);
  const library = compile(platform, { tools, targetDir });
  const { problems, ...told } = inspect(platform, library);
  if (problems.length > 0) throw new Error(`The binary for ${platform} ${problems.join(', and ')}`);
  const file = binaryPath(platform);
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.copyFileSync(library, `${file}.${process.pid}`);
  fs.renameSync(`${file}.${process.pid}`, file);
  console.log(`${path.relative(ROOT, file)}: ${told.size} bytes, ${Math.round((Date.now() - start) / 1000)} s`);
  return { file: path.basename(file), target: TARGETS[platform].rust, ...told, compiler: tools.versions };
}

/** The lines of the manifest whose files are still those that were built. */
function readManifest() {
  if (!fs.existsSync(MANIFEST)) return {};
  const all = JSON.parse(fs.readFileSync(MANIFEST, 'utf8'));
  return Object.fromEntries(
    Object.entries(all).filter(([platform, { sha256 }]) => {
      const file = binaryPath(platform);
      return TARGETS[platform] && fs.existsSync(file) && inspect(platform, file).sha256 === sha256;
    }),
  );
}

function main() {
  const given = readOptions({
    usage: USAGE,
    options: { 'no-packages': { type: 'boolean' } },
    platforms: Object.keys(TARGETS),
  });
  if (given === undefined) return;
  dependencies();
  const base = path.resolve(process.env.CARGO_TARGET_DIR ?? path.join(ROOT, 'target'));
  const tools = toolchain(path.join(base, 'release-tools'));
  const targetDir = path.join(base, 'cross');
  const failed = [];
  for (const platform of given.names) {
    try {
      const line = one(platform, tools, targetDir);
      // Written after each platform, so that a later failure doesn't lose it.
      const manifest = { ...readManifest(), [platform]: line };
      const ordered = Object.keys(TARGETS).filter((name) => manifest[name]);
      fs.writeFileSync(
        MANIFEST,
        `${JSON.stringify(Object.fromEntries(ordered.map((name) => [name, manifest[name]])), null, 2)}\n`,
      );
    } catch (error) {
      console.error(error.message);
      failed.push(platform);
    }
  }
  if (failed.length > 0) {
    console.error(`\nNot built: ${failed.join(', ')}`);
    process.exitCode = 1;
    return;
  }
  if (given['no-packages']) return;
  for (const file of makePackages(Object.keys(readManifest()), DIST)) console.log(path.relative(ROOT, file));
}

main();
