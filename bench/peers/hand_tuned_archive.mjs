// An archive as a good JavaScript developer would write it: two tables like those of the board, rows moved in a transaction.
import { HandTuned } from './hand_tuned.mjs';

const TABLES = `
CREATE TABLE IF NOT EXISTS archived_worktrees AS SELECT *, '' AS archived_at, '' AS zone_id, '' AS assigned_at FROM worktrees WHERE 0;
CREATE TABLE IF NOT EXISTS archived_executions AS SELECT * FROM zone_executions WHERE 0;
CREATE INDEX IF NOT EXISTS archived_worktrees_id ON archived_worktrees(id);
CREATE INDEX IF NOT EXISTS archived_executions_id ON archived_executions(id);
CREATE INDEX IF NOT EXISTS archived_executions_worktree ON archived_executions(worktree_id, executed_at);
CREATE INDEX IF NOT EXISTS archived_executions_zone ON archived_executions(zone_id, executed_at);`;

export class HandTunedArchive extends HandTuned {
  #statements;

  /** Made at the first use, so that no other case pays for the tables. */
  get #archive() {
    if (this.#statements) return this.#statements;
    this.driver.exec(TABLES);
    const { prepare } = this.driver;
    const columns =
      'id, path, port, branch_name, issue_url, task_id, status, position_x, position_y, created_at, updated_at';
    this.#statements = {
      putWorktree: prepare(
        `INSERT INTO archived_worktrees SELECT w.*, ?, z.zone_id, z.assigned_at FROM worktrees w
         LEFT JOIN worktree_zones z ON z.worktree_id = w.id WHERE w.id = ?`,
      ),
      putExecutions: prepare('INSERT INTO archived_executions SELECT * FROM zone_executions WHERE worktree_id = ?'),
      restoreWorktree: prepare(
        `INSERT INTO worktrees (${columns}) SELECT ${columns} FROM archived_worktrees WHERE id = ?`,
      ),
      restoreAssignment: prepare(
        `INSERT INTO worktree_zones (worktree_id, zone_id, assigned_at) SELECT id, zone_id, assigned_at
         FROM archived_worktrees WHERE id = ? AND zone_id IN (SELECT id FROM zones)`,
      ),
      restoreExecutions: prepare('INSERT INTO zone_executions SELECT * FROM archived_executions WHERE worktree_id = ?'),
      dropExecutions: prepare('DELETE FROM archived_executions WHERE worktree_id = ?'),
      dropWorktree: prepare('DELETE FROM archived_worktrees WHERE id = ?'),
    };
    return this.#statements;
  }

  archiveWorktree(id) {
    const { putWorktree, putExecutions } = this.#archive;
    return this.transaction(() => {
      const worktree = this.getWorktree(id);
      putWorktree.run(new Date().toISOString(), id);
      putExecutions.run(id);
      this.deleteWorktree(id);
      return { worktree };
    });
  }

  restoreWorktree(id) {
    const { restoreWorktree, restoreAssignment, restoreExecutions, dropExecutions, dropWorktree } = this.#archive;
    return this.transaction(() => {
      restoreWorktree.run(id);
      restoreAssignment.run(id);
      restoreExecutions.run(id);
      dropExecutions.run(id);
      dropWorktree.run(id);
      return this.getWorktree(id);
    });
  }
}
