'use strict';

// What MinGW's linker is told of Node, and of what the addon exports. The build script of `napi` asks for such a library there and gives it to the linker;
// the addon itself asks the process that loads it for Node-API's functions, so that one name is enough for the library.

const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');

const MACHINES = { x64: 'i386:x86-64', arm64: 'arm64' };
const DEFINITION = 'LIBRARY node.exe\nEXPORTS\n  napi_module_register\n';
const EXPORTS = 'EXPORTS\n  napi_register_module_v1\n';
/** The name that `napi` looks for, and the one that the linker does. */
const NAMES = ['libnode.dll', 'libnode.a'];
/** Rust asks for it with MinGW, whose functions Zig has in its own library: an archive of nothing. */
const EMPTY = 'libssp_nonshared.a';

/** Makes the library for a processor: its folder, and the list of exports. */
function nodeLibrary(zig, folder, cpu) {
  const made = path.join(folder, cpu);
  const definition = path.join(made, 'node.def');
  fs.mkdirSync(made, { recursive: true });
  fs.writeFileSync(definition, DEFINITION);
  for (const name of NAMES) {
    const args = ['dlltool', '-m', MACHINES[cpu], '-d', definition, '-l', path.join(made, name)];
    const { status, stderr } = spawnSync(path.join(zig, 'zig'), args, { encoding: 'utf8' });
    if (status !== 0) throw new Error(`zig ${args.join(' ')} failed: ${stderr}`);
  }
  fs.writeFileSync(path.join(made, EMPTY), '!<arch>\n');
  const exported = path.join(made, 'exports.def');
  fs.writeFileSync(exported, EXPORTS);
  return { folder: made, exported };
}

module.exports = { nodeLibrary };
