'use strict';

// Checks all imports against the map of docs/architecture.md: they may only go down the layers, and not in circles; and what is above
// the door of lib/ has to import through it.

const { ROOT } = require('../setup.js');
const { circles } = require('./circles.js');
const { report } = require('./files.js');
const { javascriptImports } = require('./javascript_imports.js');
const { rustImports } = require('./rust_imports.js');

/** The layers, from the top down: a file belongs to the first one that it matches, and imports from its own and those below. */
const LAYERS = {
  src: [
    /^src\/(lib|declarations)\.rs$|^src\/binding\//,
    /^src\/engine\/postgres\/(look|maintenance|mod|open)\.rs$/,
    /^src\/engine\/postgres\/(store|schema)\//,
    /^src\/engine\/postgres\/client\/(?!value|error_codes)/,
    /^src\/engine\/postgres\/(client\/|\w+\.rs$)/,
    /^src\/engine\/sqlite\/(mod|open|maintenance|new_file|sole_name|views)\.rs$|^src\/engine\/sqlite\/(backup|transfer)\//,
    /^src\/engine\/sqlite\/(store|schema)\//,
    /^src\/engine\/sqlite\/driver\/(?!vfs\/)/,
    /^src\/engine\/sqlite\/driver\/vfs\//,
    /^src\/engine\/(run|transfer)\//,
    /^src\/engine\/(\w+|sqlite\/file_id)\.rs$/,
    /^src\/(model|rows)\//,
    /^src\/error\.rs$/,
  ],
  lib: [
    /^lib\/cli\//,
    /^lib\/index\.m?js$/,
    /^lib\/studio\//,
    /^lib\/async\/worker\.js$/,
    /^lib\/entry\//,
    /^lib\/(telemetry|async)\//,
    /^lib\/(visual|backup|schema|transfer)\//,
    /^lib\/raw\//,
    /^lib\/native\//,
  ],
};

/** The door of lib/: layers above it get everything below through it, since in a packed package that is one file. */
const DOOR = 'lib/entry/parts/index.js';

const layerOf = (file) => LAYERS[file.split('/')[0]].findIndex((layer) => layer.test(file));
const isAbove = (file, other) => layerOf(file) !== -1 && layerOf(file) < layerOf(other);

/** What is wrong with the imports of a checkout, a line each. */
function problems(root) {
  const edges = [...rustImports(root), ...javascriptImports(root)];
  const found = [];
  for (const file of new Set(edges.flat())) {
    if (layerOf(file) === -1) found.push(`${file} belongs to no layer: say in scripts/checks/imports.js to which`);
  }
  for (const [from, to] of edges) {
    if (isAbove(to, from)) found.push(`${from} imports ${to}, which is above it`);
  }
  for (const [from, to] of edges.filter(([from]) => from.startsWith('lib/'))) {
    if (isAbove(from, DOOR) && isAbove(DOOR, to))
      found.push(`${from} imports ${to} past ${DOOR}: in a packed package it would be loaded a second time`);
  }
  for (const circle of circles(edges)) found.push(`These import one another: ${circle.join(', ')}`);
  return found;
}

module.exports = { problems };
if (require.main === module) report(problems(ROOT));
