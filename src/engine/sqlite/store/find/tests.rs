//! That the statements keep to their indexes, told by SQLite and not by a clock, sort nothing, and are not compiled again by their
//! values.

use super::sql::Sql;
use crate::engine::sqlite::store::statements::Listed;
use crate::engine::sqlite::store::tests::{open, recompilations, scanned};
use crate::test_folder::Folder;

#[test]
fn no_statement_looks_at_more_than_it_needs_or_sorts() {
    let folder = Folder::new();
    let store = open(&folder.database());
    for sql in Sql::ALL {
        // All runs that have not ended are read.
        let may: &[&str] =
            if *sql == Sql::WithOpenRuns { &["run_queue", "run_delayed", "leases", "runs"] } else { &[] };
        let (scanned, plan) = scanned(&store, &sql.sql(), may);
        assert_eq!(scanned, [] as [&str; 0], "{}: {plan:?}", sql.name());
        assert!(!plan.iter().any(|step| step.contains("TEMP B-TREE")), "{}: {plan:?}", sql.name());
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
