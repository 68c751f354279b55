//! That the statements keep to their indexes, told by SQLite and not by a clock, and are not compiled again by their values.

use super::sql::Sql;
use crate::engine::sqlite::store::statements::Listed;
use crate::engine::sqlite::store::tests::{open, recompilations, scanned};
use crate::test_folder::Folder;

/// Statements that read all of a table, and why that is little.
fn may_scan(sql: Sql) -> &'static [&'static str] {
    match sql {
        // As many as are in line or at work.
        Sql::PutOpenRuns => &["run_queue", "run_delayed", "leases"],
        // The last row of the log, and a worktree's executions, added up or numbered.
        Sql::CountFor => &["changes"],
        Sql::PutExecutions => &["o", "(subquery-3)"],
        // The branches of the board: once a restore.
        Sql::TakenBranch => &["worktrees"],
        // The last row of the log.
        Sql::TellMetadata => &["changes"],
        _ => &[],
    }
}

#[test]
fn no_statement_looks_at_more_than_it_needs() {
    let folder = Folder::new();
    let store = open(&folder.database());
    for sql in Sql::ALL {
        let (scanned, plan) = scanned(&store, &sql.sql(), may_scan(*sql));
        assert_eq!(scanned, [] as [&str; 0], "{}: {plan:?}", sql.name());
    }
}

#[test]
fn no_statement_is_compiled_again_by_its_values() {
    let folder = Folder::new();
    let store = open(&folder.database());
    for sql in Sql::ALL {
        assert_eq!(recompilations(sql.compiled(&store).unwrap()), 0, "{}", sql.name());
    }
}
