// The floor: the same statements from Rust on the same file without Node (`cargo bench`, benches/floor.rs), in turn with the
// package, which keeps no answers here, so that it has to ask SQLite, too.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { fileURLToPath } from 'node:url';
import { fresh } from './files.mjs';
import { start } from './node24.mjs';
import { OURS } from './peers/index.mjs';
import { median } from './statistics.mjs';

const ROUNDS = 3;
const cwd = fileURLToPath(new URL('..', import.meta.url));

/** `[{ name, kind, rust, ours }]`; the last two are medians in nanoseconds. */
export async function floor({ size, effort, say }) {
  say('the floor, from Rust');
  const path = await fresh(size, OURS);
  const worker = await start('children/worker.mjs', OURS, path, JSON.stringify({ cacheSize: 0 }));
  const cases = new Map();
  for (let round = 0; round < ROUNDS; round++) {
    const options = ['bench', '--no-default-features', '--bench', 'floor', '--', path];
    const { stdout } = await promisify(execFile)('cargo', options, { cwd });
    for (const { name, kind, median: rust } of stdout.trim().split('\n').map(JSON.parse)) {
      if (!cases.has(name)) cases.set(name, { name, kind, rust: [], ours: [] });
      const { median: ours } = await worker.ask({ name: `${name}, again`, effort });
      cases.get(name).rust.push(rust);
      cases.get(name).ours.push(ours);
    }
  }
  await worker.stop();
  return [...cases.values()].map((one) => ({ ...one, rust: median(one.rust), ours: median(one.ours) }));
}
