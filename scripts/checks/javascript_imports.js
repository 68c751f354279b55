'use strict';

// Which file of lib/ requires which, including modules that are loaded late, within functions.

const path = require('node:path');
const { filesUnder, read } = require('./files.js');

/** The edges `[from, to]` of lib/, both being files. */
function javascriptImports(root) {
  return filesUnder(root, ['lib'], ['.js', '.mjs']).flatMap((file) => {
    const code = read(root, file).replaceAll(/^\s*(\/\/|\*|\/\*).*/gm, '');
    const names = [...code.matchAll(/(?:require\(|from |import )'(\.[^']+)'/g)].map(([, name]) => name);
    // A path without an extension is a folder.
    const targets = names
      .map((name) => path.posix.join(path.posix.dirname(file), name))
      .map((target) => (path.posix.extname(target) === '' ? `${target}/index.js` : target));
    return [...new Set(targets)].filter((to) => to.startsWith('lib/')).map((to) => [file, to]);
  });
}

module.exports = { javascriptImports };
