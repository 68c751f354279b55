// The class under test. With VISUAL_DB_REFERENCE=<folder of better-sqlite3> the suites of the raw handle run against that
// library instead, which is how each of their expectations was checked.
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const require = createRequire(import.meta.url);
const reference = process.env.VISUAL_DB_REFERENCE;
const loaded = require(reference ?? fileURLToPath(new URL('../../lib/index.js', import.meta.url)));

/** True while the suites run against better-sqlite3 itself. */
export const isReference = Boolean(reference);
export const Database = reference ? loaded : loaded.Database;
export const SqliteError = loaded.SqliteError;
