// Where a test's boards are: in files, or on a server where the run has one. Suites about the class don't say which.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { onTestFinished } from 'vitest';
import { server, temporarySchema } from './postgres/databases.mjs';

/** Whether boards are files, which a test can look at as such: by SQLite's own means, in `describe.runIf(inFiles)`. */
export const inFiles = server === undefined;

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

/** A new board that others can open as well: the part of a configuration that says where it is. */
export const place = () => (inFiles ? { dbPath: temporaryFile() } : temporarySchema());

/** A new board for one connection, of a test or of all of a file. */
export function ownPlace(whose) {
  if (!inFiles) return temporarySchema(whose);
  // What is in memory nobody else can look at, and there the class is on a thread of its own.
  return { dbPath: process.env.VISUAL_DB_ASYNC && !whose?.forAll ? temporaryFile() : ':memory:' };
}

/** How many bytes the longest text may have that is looked up by: an id, a status. */
export const LONGEST_KEY = inFiles ? 100_000 : 2600;
