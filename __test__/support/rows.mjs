// What the board holds, row by row: the measure of 'the database is as it was before the call'.
import { CAME, sql } from './sql.mjs';

const TABLES = ['worktrees', 'zones', 'worktree_zones', 'zone_executions'];

/** Every row of every table of the domain, in order of insertion. */
export const rows = (db) =>
  Object.fromEntries(
    TABLES.map((table) => [table, sql(db).prepare(`SELECT ${CAME} AS came, * FROM ${table} ORDER BY ${CAME}`).all()]),
  );

/** Everything that the methods read back. */
export function readBack(db) {
  const worktrees = db.listWorktrees();
  const zones = db.listZones();
  return {
    worktrees,
    zones,
    assignments: Object.fromEntries(worktrees.map(({ id }) => [id, db.getWorktreeZone(id)])),
    executions: Object.fromEntries(zones.map(({ id }) => [id, db.getExecutionHistory(id, -1)])),
    stats: db.getStats(),
    executionStats: db.getExecutionStats(),
  };
}
