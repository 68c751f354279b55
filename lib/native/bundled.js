'use strict';

// The first that is loaded of this package: in a bundle what comes after may not even find Node's own modules.

/** The module of this file; in the one file of a packed package (scripts/one_file.js) that file's. */
const own = typeof packedModule === 'undefined' ? module : packedModule;

/** Node gives every module a file, and a bundler gives none to those that it has put into its own. */
const bundled = own.filename === undefined;

function bundledError(cause) {
  const error = new Error(
    '@ai-orchestra/visual-db has been put into a bundle, where it cannot find its binary: building that would not help. ' +
      'Keep it out of the bundle, and installed where the bundle runs. ' +
      "esbuild, Rollup: external: ['@ai-orchestra/visual-db']; " +
      "webpack: externals: { '@ai-orchestra/visual-db': 'commonjs @ai-orchestra/visual-db' }; " +
      "Vite: ssr: { external: ['@ai-orchestra/visual-db'] }; " +
      "Next.js: serverExternalPackages: ['@ai-orchestra/visual-db']. docs/bundlers.md in the package has each in full",
    { cause },
  );
  return Object.assign(error, { code: 'ERR_VISUAL_DB_BUNDLED' });
}

/** In a bundle of ES modules there is neither, unless the bundler makes them up. */
function hasCommonJs() {
  try {
    return typeof __dirname === 'string' && require('node:fs') !== undefined;
  } catch {
    return false;
  }
}

if (bundled && !hasCommonJs()) throw bundledError();

module.exports = { bundled, bundledError };
