// The files that are measured: generated once, prepared once for each peer, copied for each run.
import { createHash } from 'node:crypto';
import {
  closeSync,
  copyFileSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { run } from './node24.mjs';
import { OURS, PEERS, fileName } from './peers/index.mjs';
import { SIZES } from './workload.mjs';

const here = fileURLToPath(new URL('.', import.meta.url));
const DATA = join(here, 'data');
const RUN = join(DATA, 'run');

const hash = (...paths) => {
  const sha = createHash('sha256');
  for (const path of paths) sha.update(readFileSync(path));
  return sha.digest('hex').slice(0, 12);
};
const filesIn = (folder) => (existsSync(folder) ? readdirSync(folder) : []).map((name) => join(folder, name));
const sqlIn = (folder) =>
  filesIn(folder)
    .filter((path) => path.endsWith('.sql'))
    .sort();
const rows = hash(join(here, 'workload.mjs'), join(here, 'generate.mjs'));
const GENERATED = join(DATA, `generated-${rows}`);
/** The folder of a peer's prepared files, another one as soon as the code that prepares them has changed. */
const preparedFor = (peer) => {
  const peers = ['hand_tuned.mjs', 'hand_tuned_runs.mjs', 'runs_that_ended.mjs'].map((name) =>
    join(here, 'peers', name),
  );
  const made = peer === OURS ? [...sqlIn(join(here, '..', 'schema')), peers[2]] : peers;
  return join(DATA, `${fileName(peer)}-${rows}-${hash(...made)}`);
};

const named = (size, file) => (file === undefined ? `${size}` : `${size}-${file}`);

/** A file with this many executions, as the JavaScript layer would have left it. */
async function generated(size) {
  const path = join(GENERATED, `${size}.db`);
  if (existsSync(path)) return path;
  mkdirSync(GENERATED, { recursive: true });
  await run('generate.mjs', path, size);
  return path;
}

/**
 * The same file once a peer has opened it (its indexes made, its migrations run). In a file with runs each execution is a run that
 * has ended, except in the smallest, which has no such run.
 */
async function prepared(size, peer, file) {
  const folder = preparedFor(peer);
  const path = join(folder, `${named(size, file)}.db`);
  if (existsSync(path)) return path;
  const work = join(folder, 'work');
  rmSync(work, { recursive: true, force: true });
  mkdirSync(work, { recursive: true });
  copyFileSync(await generated(size), join(work, 'visual.db'));
  const ended = file === 'runs' && size !== SIZES[0] ? 'ended' : '';
  await run('children/prepare.mjs', peer, join(work, 'visual.db'), file ?? '', ended);
  if (existsSync(join(work, 'visual.db-wal'))) throw new Error(`${peer} left a write-ahead log behind on closing`);
  renameSync(join(work, 'visual.db'), path);
  rmSync(work, { recursive: true });
  return path;
}

/** A folder for a peer's other files in this run of the benchmark. */
export const forThisRun = (peer) => join(RUN, fileName(peer));

/** A copy of a prepared file, for a peer's use in this run of the benchmark. */
export async function fresh(size, peer, file) {
  const path = join(RUN, `${fileName(peer)}-${named(size, file)}.db`);
  const source = await prepared(size, peer, file);
  mkdirSync(RUN, { recursive: true });
  for (const suffix of ['', '-wal', '-shm']) rmSync(path + suffix, { force: true });
  copyFileSync(source, path);
  // Otherwise the system writes a gigabyte to the disk while the first cases are measured.
  const copy = openSync(path);
  fsyncSync(copy);
  closeSync(copy);
  return path;
}

/** Removes the copies of earlier runs, and files made from an earlier workload or schema. */
export function tidy() {
  const keep = new Set([GENERATED, ...PEERS.map(preparedFor)]);
  for (const path of filesIn(DATA)) if (!keep.has(path)) rmSync(path, { recursive: true });
}
