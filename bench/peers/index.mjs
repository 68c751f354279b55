import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

// The peers. A process opens only one: two copies of SQLite in one process would release each other's file locks.
export const AS_WRITTEN = 'as written, better-sqlite3';
export const TUNED = ['hand-tuned, better-sqlite3', 'hand-tuned, node:sqlite'];
export const OURS = 'visual-db';
/** Another checkout of this package, the one that `--before` names. */
export const BEFORE = 'visual-db before';

/** Tables of runs would slow down its deletes, a cost that the package always pays: so it has them only where they are needed. */
const handTuned = async (file) =>
  file === 'runs'
    ? (await import('./hand_tuned_run_calls.mjs')).HandTunedRunCalls
    : (await import('./hand_tuned_archive.mjs')).HandTunedArchive;

const openers = {
  async [AS_WRITTEN](path, options, file) {
    const { default: Database } = await import('better-sqlite3');
    const { asWrittenWithBulk } = await import('./bulk_as_written.mjs');
    const { asWrittenRuns } = await import('./as_written_runs.mjs');
    return new ((file === 'runs' ? asWrittenRuns : asWrittenWithBulk)(Database))({ dbPath: path });
  },
  async [TUNED[0]](path, options, file) {
    const [HandTuned, { betterSqlite3 }] = [await handTuned(file), await import('./drivers.mjs')];
    return new HandTuned(await betterSqlite3(path));
  },
  async [TUNED[1]](path, options, file) {
    const [HandTuned, { nodeSqlite }] = [await handTuned(file), await import('./drivers.mjs')];
    return new HandTuned(await nodeSqlite(path));
  },
  async [BEFORE](path, options) {
    const { VisualDatabase } = await import(pathToFileURL(join(process.env.VISUAL_DB_BEFORE, 'lib/index.mjs')));
    return new VisualDatabase({ dbPath: path, ...options });
  },
  async [OURS](path, options) {
    const { open } = await import('./ours.mjs');
    return open(path, options);
  },
};

/** The peers that are always measured. */
export const PEERS = Object.keys(openers).filter((peer) => peer !== BEFORE);
export const fileName = (peer) => peer.replaceAll(/\W+/g, '-');
/** Opens a peer; `file` is 'runs' for a file with runs. */
export const open = (peer, path, options, file) => openers[peer](path, options, file);
