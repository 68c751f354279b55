// `npx --no -- visual-db build` and `npm pack`, as far as they go without compiling. The suites after this one compile.

import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ONE_FILE } from './install/consumer.mjs';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..');
const { platformName } = createRequire(import.meta.url)('../lib/native/platform.js');
const { neededGlibc } = createRequire(import.meta.url)('../scripts/build.js');
const BINARY = `prebuilds/visual-db.${platformName()}.node`;

let folder;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'visual-db-build-'));
  for (const file of [
    'lib/cli/streams.js',
    'lib/native/platform.js',
    'scripts/build.js',
    'scripts/one_file.js',
    'scripts/postpack.js',
    'scripts/prepack.js',
    'bin/visual-db.js',
    'package.json',
  ]) {
    cpSync(join(ROOT, file), join(folder, file));
  }
  // All that is on the PATH: Node, and no Rust.
  symlinkSync(process.execPath, join(folder, 'node'));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

const run = (...args) => spawnSync(process.execPath, args, { cwd: folder, env: { PATH: folder }, encoding: 'utf8' });

describe('visual-db build', () => {
  test('without cargo it ends with 1 and says how to get Rust and what needs none', () => {
    const { status, stderr } = run('bin/visual-db.js', 'build');
    expect(status).toBe(1);
    expect(stderr).toContain(`cargo, Rust's build tool, is not on the PATH, so the binary for ${platformName()} can't`);
    expect(stderr).toContain('https://rustup.rs');
    expect(stderr).toContain(`a package that carries the binary for ${platformName()}: nothing is built then`);
    expect(stderr).not.toContain('    at ');
  });

  test('--help lists its options and the platforms', () => {
    const { status, stdout } = run('bin/visual-db.js', 'build', '--help');
    expect(status).toBe(0);
    expect(stdout).toContain('--platform NAME');
    expect(stdout).toContain('linux-arm64-musl');
    expect(stdout).toContain('--portable');
  });

  test('an unknown option ends with 2, the option and the usage', () => {
    const { status, stderr } = run('bin/visual-db.js', 'build', '--fast');
    expect(status).toBe(2);
    expect(stderr).toContain("'--fast'");
    expect(stderr).toContain('Usage: visual-db build');
  });

  test('an unknown platform ends with 1 and those that there are', () => {
    const { status, stderr } = run('bin/visual-db.js', 'build', '--platform', 'sunos-x64');
    expect(status).toBe(1);
    expect(stderr).toContain("No binary can be built for 'sunos-x64'");
    expect(stderr).toContain('linux-x64-gnu, linux-x64-musl, linux-arm64-gnu');
  });

  test('--portable is about glibc and refuses other platforms', () => {
    const { status, stderr } = run('bin/visual-db.js', 'build', '--portable', '--platform', 'darwin-arm64');
    expect(status).toBe(1);
    expect(stderr).toContain('not for darwin-arm64');
  });
});

describe('what is packed', () => {
  test('has no script that an install would run, so that none can be blocked', () => {
    const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
    expect(Object.keys(scripts).filter((name) => /^(pre|post)?(install|prepublish|prepare)$/.test(name))).toEqual([]);
  });

  test('is enough for cargo: it can read the manifest, though the files of its tests are not there', () => {
    const packed = spawnSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
      cwd: ROOT,
      encoding: 'utf8',
    });
    for (const { path } of JSON.parse(packed.stdout)[0].files) cpSync(join(ROOT, path), join(folder, path));
    // Reads the manifest as strictly as a build does. What other platforms' builds need is not asked for: it may never
    // have been downloaded here.
    const read = spawnSync('cargo', ['fetch', '--locked', '--target', 'host-tuple'], {
      cwd: folder,
      encoding: 'utf8',
      timeout: 120_000,
    });
    expect(read.status, read.stderr).toBe(0);
  });
});

describe('npm pack', () => {
  const pack = (flags = [], env = {}) =>
    spawnSync('npm', ['pack', ...flags], { cwd: folder, env: { ...process.env, ...env }, encoding: 'utf8' });
  const tarballs = () => readdirSync(folder).filter((name) => name.endsWith('.tgz'));

  test('in a clone without a binary it packs nothing and says how to get one', () => {
    const { status, stderr } = pack();
    expect(status).not.toBe(0);
    expect(stderr).toContain(`there is no binary in ${join(folder, 'prebuilds')}`);
    expect(stderr).toContain('npm run build ');
    expect(stderr).toContain('npm run build:portable ');
    expect(stderr).not.toContain('    at ');
    expect(tarballs()).toEqual([]);
  });

  test.each([
    ['--ignore-scripts', ['--ignore-scripts'], {}],
    ['VISUAL_DB_PACK_WITHOUT_BINARY', [], { VISUAL_DB_PACK_WITHOUT_BINARY: '1' }],
  ])('with %s it packs the sources alone', (_, flags, env) => {
    const { status, stderr } = pack(flags, env);
    expect(status, stderr).toBe(0);
    expect(tarballs()).toHaveLength(1);
  });

  test('with a binary, but without esbuild, it packs nothing and says how to get that', () => {
    cpSync(join(ROOT, BINARY), join(folder, BINARY));
    const { status, stderr } = pack();
    expect(status).not.toBe(0);
    expect(stderr).toContain('esbuild, which makes one file of lib/, is not installed');
    expect(stderr).toContain('npm ci --ignore-scripts ');
    expect(stderr).not.toContain('    at ');
    expect(tarballs()).toEqual([]);
  });

  test('with both it packs', () => {
    for (const part of ['lib', 'schema', BINARY]) cpSync(join(ROOT, part), join(folder, part), { recursive: true });
    symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'), 'junction');
    const { status, stderr } = pack();
    expect(status, stderr).toBe(0);
    expect(stderr).toContain(BINARY);
    expect(stderr).toContain(ONE_FILE);
    expect(tarballs()).toHaveLength(1);
  });
});

describe.runIf(platformName() === 'linux-x64-gnu')('the glibc that a binary needs', () => {
  test('is the latest version that its dynamic symbols name', () => {
    const { stdout } = spawnSync('readelf', ['--wide', '--version-info', process.execPath], { encoding: 'utf8' });
    const minors = Array.from(stdout.matchAll(/GLIBC_2\.(\d+)/g), ([, minor]) => Number(minor));
    expect(neededGlibc(process.execPath)).toBe(`2.${Math.max(...minors)}`);
  });

  test('is an error where a file names none', () => {
    expect(() => neededGlibc(join(ROOT, 'package.json'))).toThrow('names no version of glibc');
  });
});
