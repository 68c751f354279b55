//! Moving executions between the board and the archive.
//!
//! Whoever deletes an execution, or makes one, is in the log by triggers. Here nothing is deleted or made, and 10,000 rows of the
//! log would say otherwise to the feed and to the counts. So these statements are compiled while the connection has no triggers.
//! SQLite compiles all others again afterwards, each when it is used.

use rusqlite::ffi;

use crate::engine::sqlite::driver::{Bind, Statement};
use crate::engine::sqlite::store::Store;
use crate::error::Result;

/// Statements that are run without the triggers of what they change. FAIL: whatever fails here ends all of the call, so SQLite need
/// not keep how its pages were before.
pub(super) struct Silent(pub(super) &'static str);

/// A worktree's executions are in the archive.
pub(super) const PUT: Silent = Silent(
    "INSERT OR FAIL INTO main.archived_executions (key, at_rowid, made_at, id, zone_id, worktree_id, agent_type, prompt, result, success, executed_at) \
     SELECT (?1 << 32) + o.n - 1, e.rowid, coalesce(CAST(round((julianday(e.executed_at) - 2440587.5) * 86400000) AS INTEGER), 0), \
       e.id, e.zone_id, e.worktree_id, e.agent_type, e.prompt, e.result, e.success, e.executed_at \
     FROM (SELECT rowid AS r, row_number() OVER (ORDER BY executed_at, rowid) AS n FROM main.zone_executions WHERE worktree_id = ?2) AS o \
     CROSS JOIN main.zone_executions AS e ON e.rowid = o.r",
);
/// They are not on the board.
pub(super) const TAKE: Silent = Silent("DELETE FROM main.zone_executions WHERE worktree_id = ?1");
/// They are on the board again, at the rowids that they had.
pub(super) const RESTORE: Silent = Silent(
    "INSERT OR FAIL INTO main.zone_executions (rowid, id, zone_id, worktree_id, agent_type, prompt, result, success, executed_at) \
     SELECT at_rowid, id, zone_id, worktree_id, agent_type, prompt, result, success, executed_at FROM main.archived_executions \
     WHERE key BETWEEN ?1 << 32 AND (?1 << 32) + 4294967295 AND at_rowid IS NOT NULL ORDER BY at_rowid",
);
/// And those whose rowids others have, behind all.
pub(super) const RESTORE_OTHERS: Silent = Silent(
    "INSERT OR FAIL INTO main.zone_executions (id, zone_id, worktree_id, agent_type, prompt, result, success, executed_at) \
     SELECT id, zone_id, worktree_id, agent_type, prompt, result, success, executed_at FROM main.archived_executions \
     WHERE key BETWEEN ?1 << 32 AND (?1 << 32) + 4294967295 AND at_rowid IS NULL ORDER BY key",
);

impl Store {
    /// Runs statements without their triggers.
    pub(super) fn silently(&self, all: &[(Silent, &[Bind<'_>])]) -> Result<()> {
        self.connection.set_config(ffi::SQLITE_DBCONFIG_ENABLE_TRIGGER, false)?;
        let run = |(silent, values): &(Silent, &[Bind<'_>])| {
            Statement::prepare(&self.connection, silent.0, false)?.with_bound(values, Statement::run).map(drop)
        };
        let ran = all.iter().try_for_each(run);
        let on_again = self.connection.set_config(ffi::SQLITE_DBCONFIG_ENABLE_TRIGGER, true);
        ran.and(on_again)
    }
}
