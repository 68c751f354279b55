'use strict';

// The import library of Node for MinGW's linker, and the addon's list of exports. The build script of `napi` wants such a library and
// gives it to the linker; but the addon gets Node-API's functions from the process that loads it, so one name in the library is enough.

const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');

const MACHINES = { x64: 'i386:x86-64', arm64: 'arm64' };
const DEFINITION = 'LIBRARY node.exe\nEXPORTS\n  napi_module_register\n';
const EXPORTS = 'EXPORTS\n  napi_register_module_v1\n';
/** The file name that `napi` looks for, and the one that the linker does. */
const NAMES = ['libnode.dll', 'libnode.a'];
/** With MinGW, Rust wants this library, whose functions are in Zig's own one: an empty archive will do. */
const EMPTY = 'libssp_nonshared.a';

/** Makes the library for a processor, and returns its folder and the list of exports. */
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
