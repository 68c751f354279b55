//! That the statements keep to their indexes, told by SQLite and not by a clock, and are not compiled again by their values.

use super::sql::Sql;
use crate::engine::sqlite::store::tests::statements_are_planned;

/// Statements that read all of a table, and why that is little.
fn may_scan(sql: Sql) -> &'static [&'static str] {
    match sql {
        // As many as are queued or at work.
        Sql::PutOpenRuns => &["run_queue", "run_delayed", "leases"],
        // The last row of the log.
        Sql::CountFor | Sql::TellMetadata => &["changes"],
        // Three values.
        Sql::CountPruned => &["s", "changes"],
        // A worktree's executions, numbered.
        Sql::PutExecutions => &["o", "(subquery-3)"],
        // The branches of the board: once a restore.
        Sql::TakenBranch => &["worktrees"],
        _ => &[],
    }
}

statements_are_planned!(Sql, may_scan);
