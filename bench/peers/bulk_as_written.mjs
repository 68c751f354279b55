// The calls that the JavaScript layer doesn't have, as its callers spell them out today: loops in one transaction.
import { asWritten } from './as_written.mjs';

export const asWrittenWithBulk = (Database) =>
  class extends asWritten(Database) {
    /** Where it is, the assignment, the position, and a look at what it is then. */
    moveWorktree(id, zoneId, { position }) {
      const from = this.getWorktreeZone(id);
      if (from !== zoneId) this.assignWorktreeToZone(id, zoneId);
      this.updateWorktree(id, { position });
      return { worktree: this.getWorktree(id), move: { from, to: zoneId } };
    }
    relocateWorktree(id, { port }) {
      this.db
        .prepare('UPDATE worktrees SET port = ?, updated_at = ? WHERE id = ?')
        .run(port, new Date().toISOString(), id);
      return this.getWorktree(id);
    }

    getBoard() {
      return this.transaction(() => ({
        zones: this.listZones(),
        worktrees: this.listWorktrees(),
        assignments: this.db.prepare('SELECT worktree_id AS worktreeId, zone_id AS zoneId FROM worktree_zones').all(),
      }));
    }

    getExecution(id) {
      const row = this.db.prepare('SELECT * FROM zone_executions WHERE id = ?').get(id);
      return row && { ...row, result: JSON.parse(row.result || '{}'), success: Boolean(row.success) };
    }

    createWorktrees(worktrees) {
      return this.transaction(() => worktrees.map((w) => this.createWorktree(w)));
    }

    recordExecutions(executions) {
      return this.transaction(() => executions.map((e) => this.recordExecution(e)));
    }

    assignWorktreesToZone(worktreeIds, zoneId) {
      this.transaction(() => worktreeIds.forEach((id) => this.assignWorktreeToZone(id, zoneId)));
      return true;
    }
  };
