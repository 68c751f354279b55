// The package with an addon that has Rust's assertions in it, and with one mutant, in a copy of the source of its own.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import platform from '../../../../lib/native/platform.js';

const ROOT = fileURLToPath(new URL('../../../..', import.meta.url));
const PARTS = ['.cargo', 'build.rs', 'Cargo.toml', 'Cargo.lock', 'src', 'schema', 'benches', 'lib', 'package.json'];

/** Builds it, with what a mutant changes, and gives the path to import. The next build takes its place. */
export function packageWithAssertions(mutant = []) {
  const folder = path.resolve(process.env.CARGO_TARGET_DIR ?? path.join(ROOT, 'target'), 'company');
  const copy = path.join(folder, 'package');
  fs.rmSync(copy, { recursive: true, force: true });
  for (const part of PARTS) fs.cpSync(path.join(ROOT, part), path.join(copy, part), { recursive: true });
  for (const [name, text] of mutated(mutant)) fs.writeFileSync(path.join(copy, name), text);

  const binary = path.join(copy, 'prebuilds', path.basename(platform.binaryPath(platform.platformName())));
  fs.mkdirSync(path.dirname(binary));
  fs.copyFileSync(compile(copy, path.join(folder, 'target')), binary);
  return path.join(copy, 'lib/index.mjs');
}

/**
 * The files that a mutant changes, and what they say then. One that has lost its place in the source proves nothing, and
 * throws.
 */
export function mutated(mutant) {
  const files = new Map();
  for (const [name, from, to] of mutant) {
    const text = files.get(name) ?? fs.readFileSync(path.join(ROOT, name), 'utf8');
    const places = text.split(from).length - 1;
    if (places !== 1) throw new Error(`${name} has what a mutant changes ${places} times, not once: ${from}`);
    files.set(
      name,
      text.replace(from, () => to),
    );
  }
  return files;
}

/** cargo's own profile for development has the assertions; what it links against is optimised there too. */
function compile(copy, target) {
  const { status, stdout, stderr } = spawnSync('cargo', ['build', '--locked', '--lib', '--message-format=json'], {
    cwd: copy,
    env: { ...process.env, CARGO_TARGET_DIR: target },
    encoding: 'utf8',
    maxBuffer: 64 * 2 ** 20,
  });
  if (status !== 0) throw new Error(`cargo failed: ${stderr}\n${stdout.slice(-5000)}`);
  const messages = stdout
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));
  const library = messages.find(
    ({ reason, target }) => reason === 'compiler-artifact' && target.kind.includes('cdylib'),
  );
  return library.filenames.find((name) => /\.(so|dylib|dll)$/.test(name));
}
