//! That the statements keep to their indexes, told by SQLite and not by a clock, and are not compiled again by their values.

use super::sql::Sql;
use crate::engine::sqlite::store::tests::statements_are_planned;

/// Statements that read all of a table, or from its end on, and why that is little.
fn may_scan(sql: Sql) -> &'static [&'static str] {
    match sql {
        // The last row.
        Sql::Insert => &["changes"],
        // Rare: a worktree is archived again.
        Sql::Rekey => &["undo_steps"],
        _ => &[],
    }
}

statements_are_planned!(Sql, may_scan);
