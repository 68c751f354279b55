'use strict';

const fs = require('node:fs');
const path = require('node:path');
const { bundled, bundledError } = require('./bundled.js');
const { platformName, binaryPath } = require('./platform.js');

const BUILD = 'npx --no -- visual-db build';

/** The addon's exports, from the binary for this platform. */
function load() {
  const platform = platformName();
  const file = binaryPath(platform);
  try {
    return require(file);
  } catch (cause) {
    if (bundled) throw bundledError(cause);
    throw fs.existsSync(file) ? unusable(platform, file, cause) : missing(platform, file);
  }
}

function missing(platform, file) {
  const others = carried(path.dirname(file));
  return coded(
    'ERR_VISUAL_DB_BINARY_MISSING',
    `@ai-orchestra/visual-db has no binary for ${platform}: ${file} is not there` +
      `${others.length > 0 ? ` (it carries ${others.join(', ')})` : ''}. ` +
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

/** The platforms whose binaries are there. */
function carried(folder) {
  try {
    return fs.readdirSync(folder).flatMap((name) => /^visual-db\.(.+)\.node$/.exec(name)?.[1] ?? []);
  } catch {
    return [];
  }
}

module.exports = load();
