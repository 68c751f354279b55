// What a binary of a release is asked before it is published. Those of other platforms are there after `npm run build:all`.

import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { temporaryFolder } from './support/temporary.mjs';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..');
const require = createRequire(import.meta.url);
const { inspect } = require('../scripts/release/inspect.js');
const { elf } = require('../scripts/release/formats/elf.js');
const { TARGETS } = require('../scripts/release/targets.js');
const { platformName, binaryPath } = require('../lib/native/platform.js');
const { neededGlibc } = require('../scripts/build.js');

const built = Object.keys(TARGETS).filter((platform) => existsSync(binaryPath(platform)));
const own = binaryPath(platformName());

/** The binary of a platform with some of its bytes changed. */
function changed(platform, change) {
  const bytes = readFileSync(binaryPath(platform));
  change(bytes);
  const file = join(temporaryFolder(), 'changed.node');
  writeFileSync(file, bytes);
  return inspect(platform, file);
}

test('each platform is one that the loader can ask for', () => {
  for (const [platform, { os, cpu, libc }] of Object.entries(TARGETS)) {
    const suffix = os === 'linux' ? { glibc: '-gnu', musl: '-musl' }[libc] : '';
    expect(platform).toBe(`${os}-${cpu}${suffix}`);
  }
});

test('the packages that go by these names are made for all of them, and the command says which there are', () => {
  const { status, stderr } = spawnSync(process.execPath, ['scripts/release/build_all.js', '--only', 'sunos-x64'], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  expect(status).toBe(2);
  expect(stderr).toContain(`No platform is called sunos-x64: they are ${Object.keys(TARGETS).join(', ')}`);
});

describe.runIf(platformName() === 'linux-x64-gnu')('a Linux library', () => {
  test('tells its processor, its one export and the glibc that it needs', () => {
    const { cpu, exports, versions } = elf(readFileSync(own));
    expect(cpu).toBe('x64');
    expect(exports).toEqual(['napi_register_module_v1']);
    expect(versions).toContain(`GLIBC_${neededGlibc(own)}`);
  });

  test('that needs a later glibc than a release may, or is for another processor or C library, is refused', () => {
    expect(inspect('linux-x64-gnu', process.execPath).problems.join()).toMatch(/needs glibc 2\.\d+, later than 2\.17/);
    expect(inspect('linux-arm64-gnu', own).problems).toContain('is for x64');
    expect(inspect('linux-x64-musl', own).problems).toContain('asks for glibc');
  });

  test('is no library of Windows or macOS', () => {
    expect(() => inspect('win32-x64', own)).toThrow('not a PE file');
    expect(() => inspect('darwin-arm64', own)).toThrow('not a 64-bit Mach-O file');
  });
});

const MANIFEST = join(ROOT, 'prebuilds/manifest.json');
const manifest = existsSync(MANIFEST) ? JSON.parse(readFileSync(MANIFEST, 'utf8')) : {};

describe.runIf(Object.keys(manifest).length > 0)('what the manifest tells of', () => {
  test.each(Object.keys(manifest))('%s has nothing wrong with it and is what was built', (platform) => {
    const { problems, ...told } = inspect(platform, binaryPath(platform));
    expect(problems).toEqual([]);
    expect(manifest[platform]).toMatchObject(told);
  });
});

const apple = built.filter((platform) => platform.startsWith('darwin-') && manifest[platform]);

describe.runIf(apple.length > 0)("Apple's signature", () => {
  test.each(apple)('of %s fits no file in which a byte is another', (platform) => {
    const { problems } = changed(platform, (bytes) => (bytes[100_000] ^= 1));
    expect(problems).toEqual(['has no signature that fits it']);
  });
});
