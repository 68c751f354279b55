//! That the statements keep to their indexes, told by SQLite and not by a clock, and are not compiled again by their values.

use super::sql::Sql;
use crate::engine::sqlite::store::tests::statements_are_planned;

/// Statements that read all of a table, or from its end on, and why that is little.
fn may_scan(sql: Sql) -> &'static [&'static str] {
    match sql {
        // The last row.
        Sql::SinceKept => &["changes", "boards"],
        // The whole board, which is kept.
        Sql::KeepBoard => &["t", "metadata", "wip_limits", "changes"],
        // Few rows: the readers of the log, and one.
        Sql::Drawn => &["changes_readers", "changes_state"],
        // The latest board that was kept, the first one.
        Sql::Kept | Sql::FirstKept => &["b"],
        _ => &[],
    }
}

statements_are_planned!(Sql, may_scan);

#[test]
fn the_first_board_is_kept_by_the_same_words() {
    let migration = include_str!("../../../../../schema/0005_board.up.sql");
    assert!(migration.contains(include_str!("../../../../../schema/keep_board.sql").trim_end()));
}
