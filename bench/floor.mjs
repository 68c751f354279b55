// The floor: the same statements from Rust on the same file without Node (`cargo bench`, benches/floor.rs).
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { fileURLToPath } from 'node:url';
import { fresh } from './files.mjs';
import { OURS } from './peers/index.mjs';

/** `[{ name, median }]` in nanoseconds. */
export async function floor({ size, say }) {
  say('the floor, from Rust');
  const path = await fresh(size, OURS);
  const cwd = fileURLToPath(new URL('..', import.meta.url));
  const options = ['bench', '--no-default-features', '--bench', 'floor', '--', path];
  const { stdout } = await promisify(execFile)('cargo', options, { cwd });
  return stdout.trim().split('\n').map(JSON.parse);
}
