//! That the statements keep to their indexes, told by SQLite and not by a clock, and are not compiled again by their values.

use super::sql::Sql;
use crate::engine::sqlite::store::statements::Listed;
use crate::engine::sqlite::store::tests::{open, recompilations, scanned};
use crate::test_folder::Folder;

/// Statements that read all of a table, or from its end on, and why that is little.
fn may_scan(sql: Sql) -> &'static [&'static str] {
    match sql {
        Sql::Rekey => &["undo_steps"],
        // The last row.
        Sql::Insert => &["changes"],
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
