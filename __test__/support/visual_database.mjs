// The class under test. VISUAL_DB_REFERENCE=peer puts the JavaScript layer in its place (Node >= 22), so that an
// expectation can be checked against what callers rely on today.
async function javaScriptLayer() {
  const [{ default: Database }, { asWritten }] = await Promise.all([
    import('../peer/node_modules/better-sqlite3/lib/index.js'),
    import('../peer/as_written.mjs'),
  ]);
  return { VisualDatabase: asWritten(Database), Database, SqliteError: Database.SqliteError };
}

export const { VisualDatabase, Database, SqliteError } =
  process.env.VISUAL_DB_REFERENCE === 'peer' ? await javaScriptLayer() : await import('../../lib/index.mjs');
