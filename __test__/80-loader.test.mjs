// How lib/native/binary.js finds the binary for its platform among those that the package carries, and what it says otherwise.

import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..');
const { platformName } = createRequire(import.meta.url)('../lib/native/platform.js');
const PLATFORM = platformName();
const OWN = `visual-db.${PLATFORM}.node`;

let folder;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'visual-db-loader-'));
  for (const file of ['binary.js', 'bundled.js', 'platform.js']) {
    cpSync(join(ROOT, 'lib/native', file), join(folder, 'lib/native', file));
  }
  mkdirSync(join(folder, 'prebuilds'));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Loads the copy in a process of its own, which may prepare itself first, and says what became of it. */
function load(prepare = '') {
  const script = `${prepare}; try { console.log(JSON.stringify({ names: Object.keys(require('./lib/native/binary.js')) })); }
    catch (error) { console.log(JSON.stringify({ code: error.code, message: error.message, cause: error.cause?.message })); }`;
  return JSON.parse(execFileSync(process.execPath, ['-e', script], { cwd: folder, encoding: 'utf8' }));
}

const carry = (name, content = 'not a library') => writeFileSync(join(folder, 'prebuilds', name), content);
const carryOwn = () => cpSync(join(ROOT, 'prebuilds', OWN), join(folder, 'prebuilds', OWN));

describe('a binary for this platform', () => {
  test('is loaded', () => {
    carryOwn();
    expect(load().names).not.toEqual([]);
  });

  test('is loaded from among those for others, which are never touched', () => {
    carryOwn();
    carry('visual-db.darwin-arm64.node');
    carry('visual-db.linux-x64-musl.node');
    carry('visual-db.win32-x64.node');
    expect(load().names).not.toEqual([]);
  });

  test('that does not load: an error with the reason of the system and the command that rebuilds it', () => {
    carry(OWN);
    const { code, message, cause } = load();
    expect(code).toBe('ERR_VISUAL_DB_BINARY_UNUSABLE');
    expect(cause).toMatch(/file too short|invalid ELF header|not a mach-o|not a valid Win32/i);
    expect(message).toContain(cause);
    expect(message).toContain(join('prebuilds', OWN));
    expect(message).toContain('npx --no -- visual-db build');
  });
});

describe("the platform's own package", () => {
  const installed = join('node_modules/@ai-orchestra', `visual-db-${PLATFORM}`);

  /** The package beside this one, with a binary or with something else in its place. */
  function install(content) {
    mkdirSync(join(folder, installed), { recursive: true });
    writeFileSync(join(folder, installed, 'package.json'), JSON.stringify({ main: OWN }));
    if (content === undefined) cpSync(join(ROOT, 'prebuilds', OWN), join(folder, installed, OWN));
    else writeFileSync(join(folder, installed, OWN), content);
  }

  test('is taken where this one has no binary', () => {
    install();
    expect(load().names).not.toEqual([]);
  });

  test('is left alone where this one has: what was built on the machine counts', () => {
    install('not a library');
    carryOwn();
    expect(load().names).not.toEqual([]);
  });

  test('with a binary that does not load: an error that names it', () => {
    install('not a library');
    const { code, message, cause } = load();
    expect(code).toBe('ERR_VISUAL_DB_BINARY_UNUSABLE');
    expect(message).toContain(`its binary for ${PLATFORM}, @ai-orchestra/visual-db-${PLATFORM}: ${cause}`);
  });

  test('of another platform is never touched', () => {
    mkdirSync(join(folder, 'node_modules/@ai-orchestra/visual-db-darwin-arm64'), { recursive: true });
    const { code, message } = load();
    expect(code).toBe('ERR_VISUAL_DB_BINARY_MISSING');
    expect(message).toContain(
      `the package @ai-orchestra/visual-db-${PLATFORM}, an optional dependency, is not installed`,
    );
  });
});

describe('no binary for this platform', () => {
  test('an error that names the platform, the file that is not there and the command that builds it', () => {
    const { code, message } = load();
    expect(code).toBe('ERR_VISUAL_DB_BINARY_MISSING');
    expect(message).toContain(`has no binary for ${PLATFORM}: `);
    expect(message).toContain(`${join('prebuilds', OWN)} is not there`);
    expect(message).toContain('npx --no -- visual-db build');
  });

  test('also where there is no folder for binaries at all', () => {
    rmSync(join(folder, 'prebuilds'), { recursive: true });
    expect(load().code).toBe('ERR_VISUAL_DB_BINARY_MISSING');
  });

  test('the error lists the platforms that the package does carry', () => {
    carry('visual-db.darwin-arm64.node');
    carry('visual-db.win32-x64.node');
    expect(load().message).toContain('(it carries darwin-arm64, win32-x64)');
  });
});

describe.runIf(process.platform === 'linux')('the C library', () => {
  /** An executable's head, with the name of its interpreter at a place of its own. */
  function executable(interpreter, at) {
    const bytes = Buffer.alloc(at + 64);
    bytes.write('\x7fELF', 'latin1');
    bytes.writeBigUInt64LE(64n, 32); // Where the list of parts begins,
    bytes.writeUInt16LE(56, 54); // how long each is,
    bytes.writeUInt16LE(2, 56); // and how many there are: one of another kind, and the interpreter's.
    bytes.writeUInt32LE(6, 64);
    bytes.writeUInt32LE(3, 64 + 56);
    bytes.writeBigUInt64LE(BigInt(at), 64 + 56 + 8);
    bytes.writeBigUInt64LE(BigInt(interpreter.length + 1), 64 + 56 + 32);
    bytes.write(interpreter, at);
    const file = join(folder, 'node-on-alpine');
    writeFileSync(file, bytes);
    return file;
  }

  test.each([
    ['beside the head', 400],
    ['where a packager has moved it', 100_000],
  ])('is the one that the running executable is linked to: musl where its interpreter, %s, is musl', (_, at) => {
    carryOwn();
    const file = executable('/lib/ld-musl-x86_64.so.1', at);
    const { code, message } = load(`process.execPath = ${JSON.stringify(file)}`);
    expect(code).toBe('ERR_VISUAL_DB_BINARY_MISSING');
    expect(message).toContain(`has no binary for linux-${process.arch}-musl`);
  });

  test('is glibc where the interpreter is', () => {
    carryOwn();
    const file = executable('/lib64/ld-linux-x86-64.so.2', 400);
    expect(load(`process.execPath = ${JSON.stringify(file)}`).names).not.toEqual([]);
  });

  test('is taken for glibc where the executable cannot be read', () => {
    carryOwn();
    expect(load(`process.execPath = '/nowhere/node'`).names).not.toEqual([]);
  });
});

test('the class says the same when it is imported, since nothing comes before the binary', () => {
  cpSync(join(ROOT, 'lib'), join(folder, 'lib'), { recursive: true });
  for (const file of ['index.js', 'index.mjs']) {
    const { status, stderr } = spawnSync(process.execPath, [join(folder, 'lib', file)], { encoding: 'utf8' });
    expect(status).toBe(1);
    expect(stderr).toContain("code: 'ERR_VISUAL_DB_BINARY_MISSING'");
  }
});
