//! That the statements keep to their indexes, told by SQLite and not by a clock, and are not compiled again by their values.

use super::sql::Sql;
use crate::engine::sqlite::store::tests::statements_are_planned;

/// Statements that read all of a table, or from its end on, and why that is little.
fn may_scan(sql: Sql) -> &'static [&'static str] {
    match sql {
        // Its last row.
        Sql::LogMetadata => &["changes"],
        Sql::EndOfLog => &["changes", "changes_state"],
        // What has not ended; what costs.
        Sql::OpenRuns => &["run_queue", "run_delayed", "leases", "runs"],
        Sql::AllCosts => &["worktree_costs"],
        // As many rows as there are limits.
        Sql::AllWipLimits => &["wip_limits"],
        _ => &[],
    }
}

statements_are_planned!(Sql, may_scan);
