// Calls that the JavaScript layer lacks, as its callers write them today: loops in one transaction.
import { asWritten } from './as_written.mjs';

export const asWrittenWithBulk = (Database) =>
  class extends asWritten(Database) {
    /** Reads the zone, assigns, sets the position, and reads the worktree again. */
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

    archiveWorktree(id) {
      this.#archiveTables();
      const worktree = this.getWorktree(id);
      this.transaction(() => {
        this.db.prepare('INSERT INTO archived_worktrees SELECT * FROM worktrees WHERE id = ?').run(id);
        this.db.prepare('INSERT INTO archived_executions SELECT * FROM zone_executions WHERE worktree_id = ?').run(id);
        this.deleteWorktree(id);
      });
      return { worktree };
    }

    restoreWorktree(id) {
      this.#archiveTables();
      this.transaction(() => {
        this.db.prepare('INSERT INTO worktrees SELECT * FROM archived_worktrees WHERE id = ?').run(id);
        this.db.prepare('INSERT INTO zone_executions SELECT * FROM archived_executions WHERE worktree_id = ?').run(id);
        this.db.prepare('DELETE FROM archived_executions WHERE worktree_id = ?').run(id);
        this.db.prepare('DELETE FROM archived_worktrees WHERE id = ?').run(id);
      });
      return this.getWorktree(id);
    }

    #archiveTables() {
      for (const [table, of] of [
        ['archived_worktrees', 'worktrees'],
        ['archived_executions', 'zone_executions'],
      ])
        this.db.exec(`CREATE TABLE IF NOT EXISTS ${table} AS SELECT * FROM ${of} WHERE 0`);
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
