//! References between lines: what belongs to a run or to an archived worktree comes with it.

use rusqlite::{Connection, OptionalExtension};

use super::refused::refused;
use crate::error::Result;

/// Statements that give the first line with something wrong, and what that is.
const WRONG: &[(&str, &str)] = &[
    ("SELECT line FROM run_attempts WHERE run NOT IN (SELECT key FROM runs)", "there is no line of its run"),
    ("SELECT line FROM run_models WHERE run NOT IN (SELECT key FROM runs)", "there is no line of its run"),
    ("SELECT line FROM usage_events WHERE run NOT IN (SELECT key FROM runs)", "there is no line of its run"),
    ("SELECT line FROM run_output WHERE run NOT IN (SELECT key FROM runs)", "there is no line of its run"),
    ("SELECT line FROM archived_runs WHERE run NOT IN (SELECT key FROM runs)", "there is no line of its run"),
    (
        "SELECT line FROM archived_runs WHERE worktree NOT IN (SELECT key FROM archived_worktrees)",
        "there is no line of its worktree in the archive",
    ),
    (
        "SELECT line FROM archived_executions WHERE worktree NOT IN (SELECT key FROM archived_worktrees)",
        "there is no line of its worktree in the archive",
    ),
    ("SELECT line FROM archived_worktrees WHERE key > 4294967295", "its \"key\" is too large"),
    ("SELECT line FROM archived_executions WHERE nth > 4294967295", "its \"nth\" is too large"),
    (
        "SELECT line FROM runs WHERE key NOT BETWEEN -2147483648 AND 2147483647 OR key = 0",
        "its \"key\" is too large, or 0",
    ),
    ("SELECT line FROM run_output WHERE sequence > 4294967295", "its \"sequence\" is too large"),
    (
        "SELECT line FROM runs WHERE (place IS NOT NULL) <> (status = 'queued' AND finished_at IS NULL)",
        "only a run that is queued has a place, and it has one",
    ),
    (
        "SELECT line FROM runs WHERE status IN ('queued', 'waiting') AND finished_at IS NOT NULL",
        "a run that is queued or waits has not ended",
    ),
    (
        "SELECT line FROM runs WHERE status NOT IN ('queued', 'waiting') AND finished_at IS NULL AND key > 0",
        "a run that has ended did so at a time",
    ),
    (
        "SELECT line FROM runs WHERE place = 'leased' AND (id, key) NOT IN (SELECT run_id, run FROM leases)",
        "it is leased, and there is no line of its lease",
    ),
    (
        "SELECT line FROM leases WHERE (run_id, run) NOT IN (SELECT id, key FROM runs WHERE place = 'leased')",
        "there is no line of its run, or that one isn't leased",
    ),
    (
        "SELECT max(line) FROM runs WHERE finished_at IS NULL AND idempotency_key IS NOT NULL \
         GROUP BY idempotency_key HAVING count(*) > 1",
        "another run that has not ended has the same idempotency_key",
    ),
];

/// Checks that lines that belong together are all there.
pub fn check(stage: &Connection) -> Result<()> {
    for (sql, why) in WRONG {
        let found: Option<i64> = stage.query_row(&format!("{sql} LIMIT 1"), [], |row| row.get(0)).optional()?;
        if let Some(line) = found {
            return Err(refused(line as u64, why));
        }
    }
    Ok(())
}
