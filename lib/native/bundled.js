'use strict';

// The first module of this package to be loaded: in a bundle, later ones may not even find Node's own modules.

/** This file's module; in a packed package, the module of its one file (scripts/one_file.js). */
const own = typeof packedModule === 'undefined' ? module : packedModule;

/** Node gives every module a file name; a bundler gives none to modules that it has put into its bundle. */
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

/** Whether `__dirname` and `require` work: in a bundle of ES modules they don't, unless the bundler makes them up. */
function hasCommonJs() {
  try {
    return typeof __dirname === 'string' && require('node:fs') !== undefined;
  } catch {
    return false;
  }
}

if (bundled && !hasCommonJs()) throw bundledError();

module.exports = { bundled, bundledError };
