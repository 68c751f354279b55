'use strict';

// Compiles one binary for a release: with the same sources, compiler and options for every platform, and without paths of the build
// folder in it, so that building it again gives the same bytes.

const { spawnSync } = require('node:child_process');
const os = require('node:os');
const path = require('node:path');
const { TARGETS } = require('./targets.js');

const PACKAGE = path.join(__dirname, '../..');
const MIB = 1024 * 1024;

/**
 * Compiles for one platform and returns the library's path.
 * @param {string} platform of targets.js
 * @param {{ tools: object, folder?: string, targetDir: string }} where `folder` holds the sources
 */
function compile(platform, { tools, folder = PACKAGE, targetDir }) {
  const target = TARGETS[platform];
  const args = [
    'zigbuild',
    '--release',
    '--locked',
    '--lib',
    '-Zbuild-std=std,panic_unwind',
    `--target=${target.floor.glibc ? `${target.rust}.${target.floor.glibc}` : target.rust}`,
    `--config=target.${target.rust}.rustflags=${JSON.stringify(flags(target, tools, folder))}`,
    // This overrides Zig's linker, which can't leave Rust's own symbols out of the exports.
    ...(target.os === 'darwin' ? [`--config=target.${target.rust}.linker="${tools.appleLinker}"`] : []),
    '--message-format=json-render-diagnostics',
  ];
  const own = {
    darwin: () => ({ MACOSX_DEPLOYMENT_TARGET: target.floor.macos }),
    linux: () => ({}),
    win32: () => {
      const { folder: library, exported } = tools.nodeLibrary(target.cpu);
      return { LIBNODE_PATH: library, VISUAL_DB_EXPORTS: exported };
    },
  };
  const { status, stdout } = spawnSync('nice', ['-n', '5', 'cargo', ...args], {
    cwd: folder,
    env: { ...process.env, ...tools.env, ...own[target.os](), CARGO_TARGET_DIR: targetDir },
    stdio: ['ignore', 'pipe', 'inherit'],
    encoding: 'utf8',
    maxBuffer: 64 * MIB,
  });
  if (status !== 0) throw new Error(`cargo could not build the binary for ${platform}: its own words are above`);
  const library = stdout
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line))
    .find(({ reason, target: made }) => reason === 'compiler-artifact' && made.kind.includes('cdylib'))
    ?.filenames.find((name) => /\.(so|dylib|dll)$/.test(name));
  if (library === undefined) throw new Error(`cargo built no dynamic library for ${platform}`);
  return library;
}

function flags(target, tools, folder) {
  const cargoHome = process.env.CARGO_HOME ?? path.join(os.homedir(), '.cargo');
  const renamed = { [folder]: '/visual-db', [cargoHome]: '/cargo', [tools.rustSources]: '/rust' };
  return [
    ...Object.entries(renamed).map(([from, to]) => `--remap-path-prefix=${from}=${to}`),
    ...(target.libc === 'musl' ? ['-Ctarget-feature=-crt-static'] : []),
    ...(target.os === 'darwin' ? appleFlags(tools) : []),
  ];
}

/** Flags for LLVM's linker, which makes an ad-hoc signature: Apple's processors run nothing unsigned. */
function appleFlags({ appleSdk }) {
  const args = [
    '-syslibroot',
    appleSdk,
    '-dead_strip_dylibs',
    '-adhoc_codesign',
    '-install_name',
    '@rpath/visual-db.node',
  ];
  return ['-Clinker-flavor=ld64.lld', ...args.map((arg) => `-Clink-arg=${arg}`)];
}

module.exports = { compile };
