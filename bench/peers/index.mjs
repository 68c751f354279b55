import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

// Who is measured. A process opens one peer only: two copies of SQLite in one process would undo each other's file locks.
export const AS_WRITTEN = 'as written, better-sqlite3';
export const TUNED = ['hand-tuned, better-sqlite3', 'hand-tuned, node:sqlite'];
export const OURS = 'visual-db';
/** Another checkout of this package, which `--before` names. */
export const BEFORE = 'visual-db before';

/** The tables of runs would slow its deleting down, which the package's always pays for: it has them only where they are needed. */
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

/** The peers that are always there. */
export const PEERS = Object.keys(openers).filter((peer) => peer !== BEFORE);
export const fileName = (peer) => peer.replaceAll(/\W+/g, '-');
/** `file` is 'runs' where it is a file with runs. */
export const open = (peer, path, options, file) => openers[peer](path, options, file);
