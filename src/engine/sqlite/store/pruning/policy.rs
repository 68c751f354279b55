//! What the file says is to be kept, and whose turn it is to prune.

use rusqlite::params;

use crate::engine::Policy;
use crate::engine::pruning::TURN_MS;
use crate::engine::sqlite::store::Store;
use crate::error::Result;

impl Store {
    pub(super) fn stored_policy(&self) -> Result<(Policy, Option<i64>)> {
        if self.version < super::VERSION {
            return Ok(Default::default());
        }
        self.connection.with(|inner| {
            let sql = "SELECT bodies_ms, output_ms, runs_ms, per_zone, max_bytes, changes_ms, every_ms FROM main.retention WHERE id = 1";
            Ok(inner.prepare_cached(sql)?.query_row([], |row| {
                let policy = Policy {
                    bodies_ms: row.get(0)?,
                    output_ms: row.get(1)?,
                    runs_ms: row.get(2)?,
                    per_zone: row.get(3)?,
                    max_bytes: row.get(4)?,
                    changes_ms: row.get(5)?,
                };
                Ok((policy, row.get(6)?))
            })?)
        })
    }

    pub(super) fn store_policy(&self, of: &Policy, every_ms: Option<i64>) -> Result<()> {
        self.connection.with(|inner| {
            inner.execute(
                "UPDATE main.retention SET bodies_ms = ?1, output_ms = ?2, runs_ms = ?3, per_zone = ?4, max_bytes = ?5, changes_ms = ?6, \
                 every_ms = ?7, bodies_at = -9223372036854775807, output_at = -9223372036854775807 WHERE id = 1",
                params![of.bodies_ms, of.output_ms, of.runs_ms, of.per_zone, of.max_bytes, of.changes_ms, every_ms],
            )?;
            Ok(())
        })
    }

    pub(super) fn take_turn(&self, now: i64, every_ms: i64) -> Result<bool> {
        self.connection.with(|inner| {
            // Where the clock was set back, a turn or an end may be still to come: it counts for nothing.
            let taken = inner.execute(
                "UPDATE main.retention SET at_work_until = ?1 + ?3 WHERE id = 1 \
                 AND (at_work_until IS NULL OR at_work_until NOT BETWEEN ?1 AND ?1 + ?3) \
                 AND (done_at IS NULL OR done_at NOT BETWEEN ?1 - ?2 + 1 AND ?1)",
                params![now, every_ms, TURN_MS],
            )?;
            Ok(taken == 1)
        })
    }

    pub(super) fn end_turn(&self, now: i64, more: bool) -> Result<()> {
        self.connection.with(|inner| {
            inner.execute(
                "UPDATE main.retention SET at_work_until = iif(?2, ?1 + ?3, NULL), done_at = iif(?2, done_at, ?1) WHERE id = 1",
                params![now, more, TURN_MS],
            )?;
            Ok(())
        })
    }
}
