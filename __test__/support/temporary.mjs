// Folders and open databases that a test leaves behind are taken away when it ends.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { onTestFinished } from 'vitest';
import { VisualDatabase } from './visual_database.mjs';

/** A backup that has begun is finished, also when its database was closed: it may still be adding files. */
async function remove(folder) {
  for (let tries = 1; ; tries += 1) {
    try {
      return rmSync(folder, { recursive: true, force: true });
    } catch (error) {
      if (error.code !== 'ENOTEMPTY' || tries === 100) throw error;
      await setTimeout(100);
    }
  }
}

/** An empty folder of the test's own. */
export function temporaryFolder() {
  const folder = mkdtempSync(join(tmpdir(), 'visual-db-'));
  onTestFinished(() => remove(folder));
  return folder;
}

/** The path of a database file that doesn't exist yet. */
export const temporaryFile = () => join(temporaryFolder(), 'visual.db');

/** A database that is closed when the test ends; in memory unless `config` names a file. */
export function open(config = {}) {
  const db = new VisualDatabase({ dbPath: ':memory:', ...config });
  onTestFinished(() => db.close());
  return db;
}
