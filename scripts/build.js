'use strict';

// Builds the addon with cargo and puts it where lib/native/binary.js looks for it. Needs nothing but Node and Rust, since it
// also runs inside a consumer's node_modules (`npx --no -- visual-db build`).

const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');
const { parseArgs } = require('node:util');
const { platformName, binaryPath } = require('../lib/native/platform.js');

const PACKAGE = path.join(__dirname, '..');
const MIB = 1024 * 1024;
/**
 * The largest binary for users to download: SQLite is a quarter of it, the client of PostgreSQL with its TLS another. The limit is raised
 * on purpose only.
 */
const LARGEST_BINARY = 10 * MIB;
const OLDEST_GLIBC = '2.17';
const FROM_PYPI = ['cargo-zigbuild==0.24.0', 'ziglang==0.17.1'];

/** Rust's name for each platform that a binary can be built for. */
const RUST_TARGETS = {
  'linux-x64-gnu': 'x86_64-unknown-linux-gnu',
  'linux-x64-musl': 'x86_64-unknown-linux-musl',
  'linux-arm64-gnu': 'aarch64-unknown-linux-gnu',
  'linux-arm64-musl': 'aarch64-unknown-linux-musl',
  'darwin-x64': 'x86_64-apple-darwin',
  'darwin-arm64': 'aarch64-apple-darwin',
  'win32-x64': 'x86_64-pc-windows-msvc',
  'win32-arm64': 'aarch64-pc-windows-msvc',
};

/**
 * How the C library is linked where Rust's default would not do: it links musl statically, which an addon can't be; on Windows it
 * needs a package that a user may not have installed.
 */
const C_LIBRARY = [
  [/-musl$/, '-crt-static'],
  [/^win32-/, '+crt-static'],
];

const USAGE = `Usage: visual-db build [--platform NAME] [--portable]

Builds the binary for this machine, ${platformName()}. Needs Rust (https://rustup.rs) and a C compiler.

  --platform NAME  for another one, where Rust and the compiler can do that:
                   ${Object.keys(RUST_TARGETS).slice(0, 4).join(', ')},
                   ${Object.keys(RUST_TARGETS).slice(4).join(', ')}
  --portable       for any Linux with glibc ${OLDEST_GLIBC} or later (with cargo-zigbuild, from PyPI), rather than this
                   machine's glibc or later`;

/** A build that failed for a reason that its message explains. */
class BuildError extends Error {}

/**
 * Builds the binary and returns its path.
 * @param {{ platform?: string, portable?: boolean }} [options]
 */
function build({ platform = platformName(), portable = false } = {}) {
  const target = RUST_TARGETS[platform];
  if (target === undefined) {
    throw new BuildError(
      `No binary can be built for '${platform}': it can be for ${Object.keys(RUST_TARGETS).join(', ')}`,
    );
  }
  if (portable && !platform.endsWith('-gnu')) throw new BuildError(`--portable is about glibc: not for ${platform}`);
  requireCargo(platform);

  const shared = process.env.CARGO_TARGET_DIR;
  const targetDir = path.resolve(shared ?? path.join(PACKAGE, 'target'));
  try {
    const library = compile({ platform, target, portable, targetDir, shared: shared !== undefined });
    check(library, portable);
    return install(library, binaryPath(platform));
  } finally {
    // A user of the package wants the binary, not a gigabyte of build files.
    if (shared === undefined && insideNodeModules()) fs.rmSync(targetDir, { recursive: true, force: true });
  }
}

function requireCargo(platform) {
  if (spawnSync('cargo', ['--version'], { stdio: 'ignore' }).status === 0) return;
  throw new BuildError(
    `cargo, Rust's build tool, is not on the PATH, so the binary for ${platform} can't be built. Install Rust from ` +
      'https://rustup.rs, open a new terminal and run: npx --no -- visual-db build\n' +
      `Without Rust, install a package that carries the binary for ${platform}: nothing is built then.`,
  );
}

/** Compiles the library with cargo and returns its path. */
function compile({ platform, target, portable, targetDir, shared }) {
  // The target is named only where necessary: cargo keeps the results of builds with and without `--target` apart.
  const named = portable || platform !== platformName();
  const args = [portable ? 'zigbuild' : 'build', '--release', '--locked', '--lib'];
  if (named) args.push('--target', portable ? `${target}.${OLDEST_GLIBC}` : target);
  const linkage = C_LIBRARY.find(([name]) => name.test(platform))?.[1];
  if (linkage) args.push('--config', `target.${target}.rustflags=["-Ctarget-feature=${linkage}"]`);

  const plain = { ...process.env, CARGO_TARGET_DIR: targetDir };
  const env = portable ? withZigbuild(plain, path.join(targetDir, 'zigbuild')) : plain;
  const library = cargo(args, env, platform);
  if (!library.fresh || !shared) return library.file;
  // cargo compiled nothing, but in a target folder that several copies of this package share, the library is from the copy that compiled
  // last, since all have the same name. Removing it makes cargo compile this one.
  spawnSync('cargo', ['clean', '--release', '--package', 'visual-db', ...(named ? ['--target', target] : [])], {
    cwd: PACKAGE,
    env,
    stdio: 'ignore',
  });
  return cargo(args, env, platform).file;
}

/** One run of cargo: the library, and whether cargo had nothing to compile. */
function cargo(args, env, platform) {
  const { status, stdout } = spawnSync('cargo', [...args, '--message-format=json-render-diagnostics'], {
    // cargo reads .cargo/config.toml, which says how SQLite is compiled, from its working directory.
    cwd: PACKAGE,
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
    encoding: 'utf8',
    maxBuffer: 64 * MIB,
  });
  if (status !== 0) {
    throw new BuildError(
      `cargo could not build the binary for ${platform}: its own words are above. ` +
        'It needs a recent Rust (rustup update) and a C compiler (Debian: build-essential, Alpine: build-base, ' +
        'macOS: xcode-select --install, Windows: the C++ build tools of Visual Studio).',
    );
  }
  // The library's path depends on settings that a user may have, so it is taken from cargo's messages.
  const artifact = stdout
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line))
    .find(({ reason, target }) => reason === 'compiler-artifact' && target.kind.includes('cdylib'));
  const file = artifact?.filenames.find((name) => /\.(so|dylib|dll)$/.test(name));
  if (file === undefined) throw new BuildError('cargo built no dynamic library');
  return { file, fresh: artifact.fresh };
}

/** The environment in which `cargo zigbuild` works; it is installed into the folder if it is missing there. */
function withZigbuild(env, folder) {
  const bin = path.join(folder, 'bin');
  if (!fs.existsSync(path.join(bin, 'cargo-zigbuild'))) {
    const python = process.platform === 'win32' ? 'python' : 'python3';
    const pip = ['-m', 'pip', 'install', '--quiet', '--upgrade', '--target', folder, ...FROM_PYPI];
    const { status } = spawnSync(python, pip, { stdio: ['ignore', 'inherit', 'inherit'] });
    if (status !== 0) throw new BuildError(`${python} ${pip.join(' ')} failed: --portable needs it`);
  }
  const paths = (...entries) => entries.filter(Boolean).join(path.delimiter);
  return { ...env, PATH: paths(bin, env.PATH), PYTHONPATH: paths(folder, env.PYTHONPATH) };
}

/** Refuses a portable binary that is too large or needs a newer glibc. A binary for this machine may be of any size. */
function check(library, portable) {
  if (!portable) return;
  const { size } = fs.statSync(library);
  if (size > LARGEST_BINARY) throw new BuildError(`${library} has ${size} bytes, more than ${LARGEST_BINARY}`);
  if (newerThan(neededGlibc(library), OLDEST_GLIBC)) {
    throw new BuildError(`${library} needs glibc ${neededGlibc(library)}, later than ${OLDEST_GLIBC}`);
  }
}

/** The latest glibc that a library needs, by the names of symbol versions in its string table. */
function neededGlibc(library) {
  const text = fs.readFileSync(library, 'latin1');
  const versions = Array.from(text.matchAll(/GLIBC_(\d+\.\d+)/g), ([, version]) => version);
  if (versions.length === 0) throw new BuildError(`${library} names no version of glibc`);
  return versions.reduce((latest, version) => (newerThan(version, latest) ? version : latest));
}

function newerThan(version, other) {
  const [[major, minor], [otherMajor, otherMinor]] = [version, other].map((text) => text.split('.').map(Number));
  return major === otherMajor ? minor > otherMinor : major > otherMajor;
}

/** Copies the library into place atomically, so that no process ever loads half of one. */
function install(library, file) {
  const temporary = `${file}.${process.pid}`;
  fs.mkdirSync(path.dirname(file), { recursive: true });
  try {
    fs.copyFileSync(library, temporary);
    fs.renameSync(temporary, file);
  } catch (error) {
    fs.rmSync(temporary, { force: true });
    throw new BuildError(`The binary is built but can't be put in place (is it in use?): ${error.message}`);
  }
  return file;
}

function insideNodeModules() {
  return PACKAGE.split(path.sep).includes('node_modules');
}

/** The command: its exit code is 0, 1 for a build that failed, 2 for wrong options. */
function main(argv) {
  let options;
  try {
    options = parseArgs({
      args: argv,
      options: { platform: { type: 'string' }, portable: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } },
    }).values;
  } catch (error) {
    console.error(`${error.message}\n\n${USAGE}`);
    process.exitCode = 2;
    return;
  }
  if (options.help) {
    console.log(USAGE);
    return;
  }
  try {
    const file = build(options);
    console.log(`${path.relative(process.cwd(), file)}: ${(fs.statSync(file).size / MIB).toFixed(1)} MiB`);
  } catch (error) {
    if (!(error instanceof BuildError)) throw error;
    console.error(error.message);
    process.exitCode = 1;
  }
}

module.exports = { LARGEST_BINARY, build, main, neededGlibc, BuildError };

if (require.main === module) main(process.argv.slice(2));
