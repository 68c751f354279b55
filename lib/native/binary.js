'use strict';

const fs = require('node:fs');
const path = require('node:path');
const { bundled, bundledError } = require('./bundled.js');
const { platformName, binaryPath, binaryPackage } = require('./platform.js');

const BUILD = 'npx --no -- visual-db build';

/**
 * The addon's exports, from the binary for this platform: the one in this package, which was built here or came in the
 * tarball, or else the one in the platform's own package.
 */
function load() {
  const platform = platformName();
  const file = binaryPath(platform);
  try {
    return require(file);
  } catch (cause) {
    if (bundled) throw bundledError(cause);
    if (fs.existsSync(file)) throw unusable(platform, file, cause);
    return fromPackage(platform, file);
  }
}

function fromPackage(platform, file) {
  const name = binaryPackage(platform);
  try {
    return require(name);
  } catch (cause) {
    throw cause.code === 'MODULE_NOT_FOUND' ? missing(platform, file) : unusable(platform, name, cause);
  }
}

function missing(platform, file) {
  const others = carried(path.dirname(file));
  return coded(
    'ERR_VISUAL_DB_BINARY_MISSING',
    `@ai-orchestra/visual-db has no binary for ${platform}: ${file} is not there` +
      `${others.length > 0 ? ` (it carries ${others.join(', ')})` : ''}, and the package ${binaryPackage(platform)}, an ` +
      'optional dependency, is not installed. ' +
      `To build it, with Rust installed, run: ${BUILD}`,
  );
}

function unusable(platform, file, cause) {
  return coded(
    'ERR_VISUAL_DB_BINARY_UNUSABLE',
    `@ai-orchestra/visual-db cannot load its binary for ${platform}, ${file}: ${cause.message.replace(/\.$/, '')}. ` +
      `To build it again on this machine, with Rust installed, run: ${BUILD}`,
    { cause },
  );
}

function coded(code, message, options) {
  return Object.assign(new Error(message, options), { code });
}

/** The platforms whose binaries are in a folder. */
function carried(folder) {
  try {
    return fs.readdirSync(folder).flatMap((name) => /^visual-db\.(.+)\.node$/.exec(name)?.[1] ?? []);
  } catch {
    return [];
  }
}

module.exports = load();
