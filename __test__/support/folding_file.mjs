import { open, temporaryFile } from './temporary.mjs';
import { Database } from './visual_database.mjs';

/** A closed file without rows whose log is folded each 16th row instead of each 8,192nd, and which says that its schema was looked at. */
export function foldingFile() {
  const dbPath = temporaryFile();
  open({ dbPath }).close();
  const db = new Database(dbPath);
  const folds = db
    .prepare("SELECT name, sql FROM sqlite_schema WHERE name IN ('changes_fold', 'changes_folding')")
    .all();
  for (const { name, sql } of folds) db.exec(`DROP TRIGGER ${name}; ${sql.replaceAll('8192', '16')}`);
  db.exec('UPDATE changes_state SET schema_version = (SELECT schema_version FROM pragma_schema_version)');
  db.close();
  return dbPath;
}
