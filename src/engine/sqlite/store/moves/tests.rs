//! That the statements keep to their indexes, told by SQLite and not by a clock, and are not compiled again by their values.

use super::sql::Sql;
use crate::engine::sqlite::store::tests::statements_are_planned;

/// Statements that read all of a table, or from a position in it on, and why that is little.
fn may_scan(sql: Sql) -> &'static [&'static str] {
    match sql {
        // The board, which a fold reads once and an import writes again.
        Sql::LedgerWorktrees | Sql::EmptyLedgerWorktrees => &["moves_worktrees"],
        Sql::LedgerZones | Sql::EmptyLedgerZones => &["moves_zones"],
        Sql::BoardWorktrees | Sql::FillLedgerWorktrees => &["w", "worktree_zones"],
        Sql::BoardZones | Sql::FillLedgerZones => &["zones"],
        // Its last row.
        Sql::LastMove => &["moves"],
        // The few rows of a log that was cut before they were read.
        Sql::ForgetUnread => &["changes_unread"],
        // Pages of two indexes, merged.
        Sql::MovesOfZone => &["(subquery-2)", "(subquery-4)"],
        _ => &[],
    }
}

statements_are_planned!(Sql, may_scan);
