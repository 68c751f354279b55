'use strict';

// The compilers that make all binaries of a release: Debian's rustc-web, whose standard library comes as source and is
// compiled for each platform, and Zig from PyPI, which has the C library and the linker of every platform but Apple's.
// Everything is from package registries; what is missing is installed.

const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');
const { appleSdk } = require('./apple_sdk.js');
const { nodeLibrary } = require('./node_library.js');

/** Debian's packages of the compiler; `rust-web-llvm` has the program that strips Apple's files, and `lld` links them. */
const FROM_DEBIAN = ['rustc-web', 'cargo-web', 'rust-web-src', 'rust-web-llvm', 'lld-22', 'binutils-mingw-w64-x86-64'];
const OLDEST_RUST = [1, 96];
const FROM_PYPI = ['cargo-zigbuild==0.24.0', 'ziglang==0.17.1'];

const RUSTC = '/usr/bin/rustc';
const CARGO = '/usr/bin/cargo';
const APPLE_LINKER = '/usr/bin/ld64.lld-22';
const RUST_SOURCES = '/usr/lib/rustlib/src/rust';

/** A build that can't begin for a reason that its message explains. */
class ToolchainError extends Error {}

/** Installs what is missing and returns where everything is. `folder` is for what only this package needs. */
function toolchain(folder) {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new ToolchainError(
      'The binaries of all platforms are built on Linux x64, with Debian 12 or what has its packages',
    );
  }
  debian();
  const bin = path.join(folder, 'bin');
  const python = path.join(folder, 'python');
  fs.mkdirSync(bin, { recursive: true });
  for (const [name, file] of Object.entries({ rustc: RUSTC, cargo: CARGO })) link(file, path.join(bin, name));
  pypi(python);
  const zig = path.join(python, 'ziglang');
  return {
    env: {
      // Before any other Rust on the PATH. A stable compiler refuses `-Z build-std` without RUSTC_BOOTSTRAP.
      PATH: [bin, path.join(python, 'bin'), process.env.PATH].join(path.delimiter),
      PYTHONPATH: python,
      RUSTC_BOOTSTRAP: '1',
    },
    zig: path.join(zig, 'zig'),
    appleLinker: APPLE_LINKER,
    appleSdk: appleSdk(zig, path.join(folder, 'apple-sdk')),
    nodeLibrary: (cpu) => nodeLibrary(zig, path.join(folder, 'node-library'), cpu),
    rustSources: RUST_SOURCES,
    versions: {
      rustc: output(RUSTC, ['--version']),
      cargo: output(CARGO, ['--version']),
      zig: output(path.join(zig, 'zig'), ['version']),
      zigbuild: FROM_PYPI[0].split('==')[1],
      lld: output(APPLE_LINKER, ['--version']),
    },
  };
}

function debian() {
  if (!ready()) {
    const root = process.getuid() === 0 ? [] : ['sudo'];
    console.log(`Installing ${FROM_DEBIAN.join(', ')} from Debian ...`);
    const install = ['apt-get', 'install', '--yes', '--no-install-recommends', ...FROM_DEBIAN];
    for (const command of [['apt-get', 'update'], install]) {
      const [program, ...args] = [...root, ...command];
      const { status } = spawnSync(program, args, { stdio: ['ignore', 'ignore', 'inherit'] });
      if (status !== 0) throw new ToolchainError(`${[program, ...args].join(' ')} failed`);
    }
  }
  if (!ready())
    throw new ToolchainError(`${RUSTC} is older than Rust ${OLDEST_RUST.join('.')}, or its sources are absent`);
}

function ready() {
  const files = [RUSTC, CARGO, APPLE_LINKER, path.join(RUST_SOURCES, 'library/Cargo.lock')];
  if (!files.every((file) => fs.existsSync(file))) return false;
  const [major, minor] = /(\d+)\.(\d+)/
    .exec(output(RUSTC, ['--version']))
    .slice(1)
    .map(Number);
  return major > OLDEST_RUST[0] || (major === OLDEST_RUST[0] && minor >= OLDEST_RUST[1]);
}

function pypi(folder) {
  if (fs.existsSync(path.join(folder, 'bin/cargo-zigbuild'))) return;
  const pip = ['-m', 'pip', 'install', '--quiet', '--upgrade', '--target', folder, ...FROM_PYPI];
  const { status } = spawnSync('python3', pip, { stdio: ['ignore', 'inherit', 'inherit'] });
  if (status !== 0) throw new ToolchainError(`python3 ${pip.join(' ')} failed`);
}

function link(target, file) {
  fs.rmSync(file, { force: true });
  fs.symlinkSync(target, file);
}

function output(command, args) {
  const { status, stdout } = spawnSync(command, args, { encoding: 'utf8' });
  if (status !== 0) throw new ToolchainError(`${command} ${args.join(' ')} failed`);
  return stdout.trim();
}

module.exports = { toolchain, ToolchainError };
