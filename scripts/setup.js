'use strict';

// Makes what the commands of this repository need before they can run, each part only where it is missing or out of
// date, so that `npm test` and `npm run demo` work in a fresh clone with nothing but Node and Rust.

const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');
const { platformName, binaryPath } = require('../lib/native/platform.js');
const { build, BuildError } = require('./build.js');

const ROOT = path.join(__dirname, '..');
const NPM = process.platform === 'win32' ? 'npm.cmd' : 'npm';
const SOURCES = ['src', 'schema', '.cargo', 'build.rs', 'Cargo.toml', 'Cargo.lock'];

/** Installs the packages that a folder's package-lock.json lists. */
function dependencies(folder = '.') {
  const directory = path.join(ROOT, folder);
  if (installed(directory)) return;
  console.log(`Installing the packages of ${path.join(folder, 'package.json')} ...`);
  // Nothing here needs an install script.
  run(NPM, ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], directory);
}

/** Whether every package is installed in its locked version, by the list that npm writes at the end of an install. */
function installed(directory) {
  const [wanted, present] = ['package-lock.json', 'node_modules/.package-lock.json'].map((name) => {
    const file = path.join(directory, name);
    return fs.existsSync(file) ? JSON.parse(fs.readFileSync(file, 'utf8')).packages : {};
  });
  return Object.entries(wanted).every(
    ([name, { version, optional }]) => name === '' || optional || present[name]?.version === version,
  );
}

/** Builds the addon where there is none or a source is newer. */
function addon() {
  const built = modified(binaryPath(platformName()));
  if (SOURCES.every((name) => newest(path.join(ROOT, name)) <= built)) return;
  console.log('Building the addon ...');
  try {
    build();
  } catch (error) {
    if (!(error instanceof BuildError)) throw error;
    console.error(error.message);
    process.exit(1);
  }
}

/** Runs a command and shows its output; a failure ends this process with the command's own exit code. */
function run(command, args, directory) {
  const status = attempt(command, args, directory);
  if (status !== 0) process.exit(status);
}

/** Runs a command, shows its output, and returns its exit code. */
function attempt(command, args, directory = ROOT) {
  const shell = command.endsWith('.cmd');
  const { status, error } = spawnSync(command, args, { cwd: directory, stdio: 'inherit', shell });
  if (error) throw error;
  return status ?? 1;
}

/** When a file was modified, or 0 where there is none. */
function modified(file) {
  return fs.statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

/** When a file, or anything in a folder, was last modified. */
function newest(file) {
  const stat = fs.statSync(file, { throwIfNoEntry: false });
  if (!stat?.isDirectory()) return stat?.mtimeMs ?? 0;
  return Math.max(0, ...fs.readdirSync(file).map((name) => newest(path.join(file, name))));
}

module.exports = { NPM, ROOT, dependencies, addon, run, attempt };
