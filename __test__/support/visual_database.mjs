// The class under test. VISUAL_DB_REFERENCE=peer puts the JavaScript layer in its place (Node >= 22), so that an
// expectation can be checked against what callers rely on today.
async function javaScriptLayer() {
  const [{ default: Database }, { asWritten }] = await Promise.all([
    import('../peer/node_modules/better-sqlite3/lib/index.js'),
    import('../../bench/peers/as_written.mjs'),
  ]);
  class VisualDatabase extends asWritten(Database) {
    // New in the package, and what its tests read runs back with.
    getExecution(id) {
      const run = this.db.prepare('SELECT zone_id FROM zone_executions WHERE id = ?').get(id);
      return run ? this.getExecutionHistory(run.zone_id, -1).find((execution) => execution.id === id) : null;
    }
  }
  return { VisualDatabase, Database, SqliteError: Database.SqliteError };
}

/** VISUAL_DB_ASYNC=1 puts AsyncVisualDatabase in its place, each of whose calls is waited for. */
async function asynchronous() {
  const [{ VisualDatabase }, rest] = await Promise.all([import('./async/blocking.mjs'), import('../../lib/index.mjs')]);
  return { ...rest, VisualDatabase };
}

export const { VisualDatabase, AsyncVisualDatabase, Database, SqliteError } =
  process.env.VISUAL_DB_REFERENCE === 'peer'
    ? await javaScriptLayer()
    : process.env.VISUAL_DB_ASYNC
      ? await asynchronous()
      : await import('../../lib/index.mjs');
