// A file's schema as SQLite keeps it, and the package's own look at it.
import { createRequire } from 'node:module';
import { onTestFinished } from 'vitest';
import { Database } from './database.mjs';

const require = createRequire(import.meta.url);

/** What the command line and the migration script call. */
export const schema = require('../../lib/schema/versions.js');
export const LATEST = 6;

/** A bare handle on a file, closed when the test ends. */
export function bare(dbPath, options) {
  const db = new Database(dbPath, options);
  onTestFinished(() => db.close());
  return db;
}

/** Runs SQL on a file as some other program would. */
export function elsewhere(dbPath, sql) {
  const db = new Database(dbPath);
  try {
    db.exec(sql);
  } finally {
    db.close();
  }
}

/** Every table, index and trigger, one text each; spaces don't count, nor do indexes that are part of a table. */
export const schemaOf = (dbPath) =>
  bare(dbPath, { readonly: true })
    .prepare('SELECT type, name, sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY type, name')
    .all()
    .map(({ type, name, sql }) => `${type} ${name}: ${sql.split(/\s+/).join(' ')}`);

/** How a call failed. */
export function failure(call) {
  try {
    call();
  } catch ({ name, code, message }) {
    return { name, code, message };
  }
  throw new Error('the call did not fail');
}
