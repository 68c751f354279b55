// Folders and open databases that a test leaves behind are taken away when it ends.
import { onTestFinished } from 'vitest';
import { ownPlace } from './places.mjs';
import { remember } from './sql.mjs';
import { VisualDatabase } from './visual_database.mjs';

export { inFiles, LONGEST_KEY, place, temporaryFile, temporaryFolder } from './places.mjs';

/** A database that many tests use; who opens it closes it. */
export function openForAll(config = {}) {
  const where = { ...ownPlace({ forAll: true }), ...config };
  const db = new VisualDatabase(where);
  remember(db, where);
  return db;
}

/** A database that is closed when the test ends: one of its own, unless `config` says which. */
export function open(config = {}) {
  const where = config.dbPath === undefined && config.url === undefined ? ownPlace() : {};
  const db = new VisualDatabase({ ...where, ...config });
  remember(db, { ...where, ...config });
  onTestFinished(() => db.close());
  return db;
}
