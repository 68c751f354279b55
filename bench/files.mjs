// The files that are measured: generated once, prepared once for each peer, copied for each run.
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { run } from './node24.mjs';
import { fileName } from './peers/index.mjs';

const here = fileURLToPath(new URL('.', import.meta.url));
const DATA = join(here, 'data');
const RUN = join(DATA, 'run');

const hash = (...paths) => {
  const sha = createHash('sha256');
  for (const path of paths) sha.update(readFileSync(path));
  return sha.digest('hex').slice(0, 12);
};
const sqlIn = (folder) => (existsSync(folder) ? readdirSync(folder).sort() : []).map((name) => join(folder, name));
const rows = hash(join(here, 'workload.mjs'), join(here, 'generate.mjs'));
const preparation = hash(join(here, 'peers', 'hand_tuned.mjs'), ...sqlIn(join(here, '..', 'schema')));

/** A file of this many executions as the JavaScript layer would have left it. */
async function generated(size) {
  const path = join(DATA, `generated-${rows}`, `${size}.db`);
  if (existsSync(path)) return path;
  mkdirSync(join(path, '..'), { recursive: true });
  await run('generate.mjs', path, size);
  return path;
}

/** The same file once a peer has opened it (its indexes made, its migrations run). */
async function prepared(size, peer) {
  const folder = join(DATA, `prepared-${rows}-${preparation}`);
  const path = join(folder, `${fileName(peer)}-${size}.db`);
  if (existsSync(path)) return path;
  const work = join(folder, 'work');
  rmSync(work, { recursive: true, force: true });
  mkdirSync(work, { recursive: true });
  copyFileSync(await generated(size), join(work, 'visual.db'));
  await run('children/prepare.mjs', peer, join(work, 'visual.db'));
  if (existsSync(join(work, 'visual.db-wal'))) throw new Error(`${peer} left a write-ahead log behind on closing`);
  renameSync(join(work, 'visual.db'), path);
  rmSync(work, { recursive: true });
  return path;
}

/** A copy of a peer's own for this run. */
export async function fresh(size, peer) {
  const path = join(RUN, `${fileName(peer)}-${size}.db`);
  const source = await prepared(size, peer);
  mkdirSync(RUN, { recursive: true });
  for (const suffix of ['', '-wal', '-shm']) rmSync(path + suffix, { force: true });
  copyFileSync(source, path);
  return path;
}

/** Removes the copies and what was made from a workload or a schema that is no more. */
export function tidy() {
  const keep = [`generated-${rows}`, `prepared-${rows}-${preparation}`];
  if (!existsSync(DATA)) return;
  for (const name of readdirSync(DATA)) if (!keep.includes(name)) rmSync(join(DATA, name), { recursive: true });
}
