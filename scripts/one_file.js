'use strict';

// Makes one file of all of lib/ that runs in a user's process, which would otherwise start by finding and reading many small ones
// (decision 24). The file is only in the packed package; a checkout runs from lib/ itself.

const fs = require('node:fs');
const path = require('node:path');

const ROOT = path.join(__dirname, '..');
/** Node takes this file before the folder `parts`. It is as deep as the folders of lib/, so that relative paths hold. */
const FILE = path.join(ROOT, 'lib/entry/parts.js');

/** The head of the file. In it `module` belongs to each bundled file; its own has the name `packedModule` (see lib/native/bundled.js). */
const HEAD = `'use strict';

// All of lib/ that runs in a user's process, in one file: made by scripts/one_file.js when the package was packed. The files
// that it was made of, with their comments, lie beside it under the names that stand here.
const packedModule = module;
`;

/**
 * A file that a killed pack left in a checkout must not run there, since lib/ may have changed by then: then the folder is loaded. Not
 * by a plain `require`, which bundlers would follow to a second copy of everything.
 */
const ENTRY = `
require('../native/bundled.js');
module.exports = require('node:fs').existsSync(\`\${__dirname}/../../scripts/one_file.js\`)
  ? packedModule.require('./parts/index.js')
  : require('./parts/index.js');
`;

/**
 * At the top level of a file, esbuild turns a class into `var Statement = class _Statement`, which changes its name, and `const` into
 * `var`; in a function it leaves both as they are. So what is packed is what was tested.
 */
const inFunctions = {
  name: 'in-functions',
  setup(build) {
    build.onLoad({ filter: /\.js$/ }, ({ path: file }) => ({
      contents: `(function () {\n${fs.readFileSync(file, 'utf8')}\n})();\n`,
    }));
  },
};

/** Makes the file. `esbuild` is an argument, since it is not installed everywhere. */
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
  // Atomically, since another process may be starting from this checkout.
  const temporary = `${FILE}.${process.pid}`;
  fs.writeFileSync(temporary, outputFiles[0].contents);
  fs.renameSync(temporary, FILE);
}

const remove = () => fs.rmSync(FILE, { force: true });

module.exports = { make, remove };
