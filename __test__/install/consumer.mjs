// An orchestrator's empty project on a machine of its own, and this package as it reaches it.

import { execFile } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const { platformName } = createRequire(import.meta.url)('../../lib/native/platform.js');

export const ROOT = join(dirname(fileURLToPath(import.meta.url)), '../..');
export const RUNTIMES = join(ROOT, '__test__/runtimes/node_modules');
export const NODE = join(RUNTIMES, 'node24/bin/node');
export const BUN = join(RUNTIMES, '@oven/bun-linux-x64/bin/bun');
export const DENO = join(RUNTIMES, '@deno/linux-x64-glibc/deno');

export const NAME = '@ai-orchestra/visual-db';
/** What a packed package has instead of all that it is made of. */
export const ONE_FILE = 'lib/entry/parts.js';
export const BINARY = `prebuilds/visual-db.${platformName()}.node`;

// Optimising is not what these tests are about, and compiling what they share happens once.
export const QUICK_BUILD = {
  CARGO_TARGET_DIR: join(process.env.CARGO_TARGET_DIR ?? join(ROOT, 'target'), 'install-tests'),
  CARGO_PROFILE_RELEASE_LTO: 'off',
  CARGO_PROFILE_RELEASE_OPT_LEVEL: '1',
  CARGO_PROFILE_RELEASE_CODEGEN_UNITS: '16',
};

/** For the build that releases get: cargo's results are kept, so that a second run is quick. */
export const PORTABLE_BUILD = { ...process.env, CARGO_TARGET_DIR: dirname(QUICK_BUILD.CARGO_TARGET_DIR) };

const folders = [];

export function temporaryFolder() {
  const folder = mkdtempSync(join(tmpdir(), 'visual-db-install-'));
  folders.push(folder);
  return folder;
}

export function removeTemporaryFolders() {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
}

/** Runs a command to its end, whatever that is. */
export function run(command, args, options) {
  return new Promise((resolve) => {
    execFile(command, args, { encoding: 'utf8', maxBuffer: 2 ** 26, ...options }, (error, stdout, stderr) => {
      resolve({ status: error ? (error.code ?? error.signal) : 0, stdout, stderr, output: stdout + stderr });
    });
  });
}

/** Runs a command that has to succeed. */
export async function must(command, args, options) {
  const result = await run(command, args, options);
  if (result.status !== 0)
    throw new Error(`${command} ${args.join(' ')} ended with ${result.status}:\n${result.output}`);
  return result;
}

/** A copy of this repository's files, with or without the binary that was built here. */
export async function sources({ binary }) {
  const folder = join(temporaryFolder(), 'visual-db');
  const { stdout } = await must('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], { cwd: ROOT });
  for (const file of stdout.split('\0').filter((name) => name !== '' && existsSync(join(ROOT, name)))) {
    cpSync(join(ROOT, file), join(folder, file));
  }
  if (binary) cpSync(join(ROOT, BINARY), join(folder, BINARY));
  return folder;
}

/** A copy of this repository in which its packages are installed: packing needs one of them. */
export async function clone({ binary }) {
  const folder = await sources({ binary });
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'), 'junction');
  return folder;
}

/** What `npm pack` makes of a folder. */
export async function pack(folder) {
  const destination = temporaryFolder();
  const withoutBinary = existsSync(join(folder, BINARY)) ? {} : { VISUAL_DB_PACK_WITHOUT_BINARY: '1' };
  const env = { ...cleanEnv(), ...withoutBinary };
  await must('npm', ['pack', '--pack-destination', destination], { cwd: folder, env });
  const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  return join(destination, `ai-orchestra-visual-db-${version}.tgz`);
}

/** What `npm pack` makes of a copy of this repository. */
export const tarball = async ({ binary }) => pack(await clone({ binary }));

/** The folder of the package as it is packed, in the `node_modules` of a folder of its own. */
export async function unpacked() {
  const folder = join(temporaryFolder(), 'node_modules', NAME);
  mkdirSync(folder, { recursive: true });
  await must('tar', ['-xzf', await tarball({ binary: true }), '--strip-components=1', '-C', folder]);
  return folder;
}

/** A Git repository with this one's files, and its URL. */
export async function gitUrl() {
  const folder = await sources({ binary: false });
  const git = (...args) =>
    must('git', ['-c', 'user.name=test', '-c', 'user.email=test@localhost', ...args], { cwd: folder });
  await git('init', '--quiet', '--initial-branch=main');
  await git('add', '--all');
  await git('commit', '--quiet', '--message=A release');
  return `git+file://${folder}`;
}

/** The environment without what the npm that runs these tests has put into it. */
export function cleanEnv() {
  return Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^npm_(?!config_(?:registry|cache)$)|^INIT_CWD$/i.test(name)),
  );
}

/** A PATH on which there is Node, a shell and Git, and nothing else: no cargo, no compiler. */
export async function bareMachine() {
  const folder = temporaryFolder();
  symlinkSync(NODE, join(folder, 'node'));
  for (const command of ['sh', 'git']) {
    const { stdout } = await must('sh', ['-c', `command -v ${command}`]);
    symlinkSync(stdout.trim(), join(folder, command));
  }
  return folder;
}

/**
 * An empty project. Node 24 runs it, since npm 12 needs that. `newMachine` compiles everything, as it is compiled for
 * users.
 */
export async function project({ npm, rust, newMachine = false }) {
  const folder = join(temporaryFolder(), 'orchestrator');
  mkdirSync(folder);
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'orchestrator', private: true }));
  const installed = join(folder, 'node_modules', NAME);

  async function environment(withRust) {
    const { CARGO_TARGET_DIR: _, ...env } = cleanEnv();
    if (!withRust) return { ...env, PATH: await bareMachine() };
    return { ...env, PATH: [dirname(NODE), env.PATH].join(delimiter), ...(newMachine ? {} : QUICK_BUILD) };
  }

  const node = async (args, { rust: withRust = rust, env } = {}) =>
    run(NODE, args, { cwd: folder, env: { ...(await environment(withRust)), ...env } });
  const npmCommand = (command, args, options) =>
    node([join(RUNTIMES, `npm${npm}/bin/${command}-cli.js`), ...args], options);

  return {
    folder,
    installed,
    binary: join(installed, BINARY),
    npm: (...args) => npmCommand('npm', args),
    npx: (args, options) => npmCommand('npx', ['--no', '--', ...args], options),
    /** What the three import forms print, each in a process of its own. */
    async imports() {
      const outputs = [];
      for (const [file, text] of Object.entries(FORMS)) {
        writeFileSync(join(folder, file), text);
        outputs.push((await node([file])).output.trim());
      }
      return outputs;
    },
    /** The package's files of JavaScript that a process has loaded at its first answer, by all three forms. */
    async loaded() {
      writeFileSync(join(folder, 'loaded.cjs'), LOADED);
      const files = new Set();
      for (const [file, text] of Object.entries(FORMS)) {
        writeFileSync(join(folder, file), text);
        const { stderr } = await node(['--require', './loaded.cjs', file]);
        for (const name of JSON.parse(stderr)) files.add(name);
      }
      return [...files].sort();
    },
  };
}

const USE = `const db = new VisualDatabase(':memory:'); console.log(JSON.stringify(db.getStats())); db.close();`;
export const FORMS = {
  'named.mjs': `import { VisualDatabase } from '${NAME}'; ${USE}`,
  'default.mjs': `import VisualDatabase from '${NAME}'; ${USE}`,
  'common.cjs': `const { VisualDatabase } = require('${NAME}'); ${USE}`,
};

/** Says at the end of a process or a thread what of the package it has loaded by `require`. */
export const LOADED = `
const { writeSync } = require('node:fs');
const path = require('node:path');
process.on('exit', () => {
  const own = Object.keys(require.cache)
    .map((file) => file.split(path.sep).join('/').split('/visual-db/')[1])
    .filter((file) => file?.endsWith('.js') && !file.includes('node_modules/'));
  writeSync(2, JSON.stringify(own) + '\\n');
});
`;

const EMPTY = '{"worktrees":0,"zones":0,"assignments":0,"executions":0}';

/** What `imports()` gives where all three forms work. */
export const ALL_FORMS_WORK = [EMPTY, EMPTY, EMPTY];
