'use strict';

// All of lib/ that runs in a user's process as one file: a process that starts would spend its time on finding and
// reading some forty small ones (decision 24). It is there only in what is packed; a checkout runs from lib/ itself.

const fs = require('node:fs');
const path = require('node:path');

const ROOT = path.join(__dirname, '..');
/** Node takes it before the folder `parts`. It lies as deep as the rooms of lib/, so that paths from a file hold. */
const FILE = path.join(ROOT, 'lib/entry/parts.js');

/** `module` is of each file in it; its own has this name (see lib/native/bundled.js). */
const HEAD = `'use strict';

// All of lib/ that runs in a user's process, in one file: made by scripts/one_file.js when the package was packed. The files
// that it was made of, with their comments, lie beside it under the names that stand here.
const packedModule = module;
`;

/**
 * What a pack that was killed leaves in a checkout must not run there: lib/ may say something else by then. Not by
 * `require`, which bundlers would follow to a second copy of everything.
 */
const ENTRY = `
require('../native/bundled.js');
module.exports = require('node:fs').existsSync(\`\${__dirname}/../../scripts/one_file.js\`)
  ? packedModule.require('./parts/index.js')
  : require('./parts/index.js');
`;

/**
 * At the top of a file esbuild makes `var Statement = class _Statement` of a class, which is then called that, and `var` of
 * `const`; in a function it leaves both as they are. So what is packed is what was tested.
 */
const inFunctions = {
  name: 'in-functions',
  setup(build) {
    build.onLoad({ filter: /\.js$/ }, ({ path: file }) => ({
      contents: `(function () {\n${fs.readFileSync(file, 'utf8')}\n})();\n`,
    }));
  },
};

/** Makes the file. `esbuild` is given, since it is not installed everywhere. */
async function make(esbuild) {
  const { outputFiles } = await esbuild.build({
    stdin: { contents: ENTRY, resolveDir: path.dirname(FILE), sourcefile: 'parts.js' },
    absWorkingDir: ROOT,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    packages: 'external',
    charset: 'utf8',
    banner: { js: HEAD },
    plugins: [inFunctions],
    outfile: FILE,
    write: false,
    logLevel: 'warning',
  });
  // In one step: somebody may be starting from this checkout.
  const temporary = `${FILE}.${process.pid}`;
  fs.writeFileSync(temporary, outputFiles[0].contents);
  fs.renameSync(temporary, FILE);
}

const remove = () => fs.rmSync(FILE, { force: true });

module.exports = { make, remove };
