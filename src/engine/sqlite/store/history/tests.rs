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
        let (scanned, plan) = scanned(&store, &sql.sql(), may_scan(*sql));
        assert_eq!(scanned, [] as [&str; 0], "{}: {plan:?}", sql.name());
        let sorts = plan.iter().any(|step| step.contains("TEMP B-TREE"));
        assert!(!sorts, "{}: {plan:?}", sql.name());
    }
}

/// Statements that read all of a table, or from a position in it on, and why that is little.
fn may_scan(sql: Sql) -> &'static [&'static str] {
    match sql {
        // Its one row, or none.
        Sql::Read | Sql::Building | Sql::Built => &["history_building"],
        Sql::Doubts => &["changes_state"],
        // The last row of the archive that has an id.
        Sql::ExecutionOf => &["(subquery-2)"],
        // The first of them.
        Sql::AnyKept => &["rollups_kept"],
        // Each has a branch.
        Sql::Branches => &["worktrees"],
        Sql::ArchivedBranches => &["archived_worktrees"],
        // What it has found, no more than it was told.
        Sql::SomeAtOnce | Sql::SomeLater => &["(subquery-1)"],
        // All of it is to go.
        Sql::Empty => &["history"],
        Sql::EmptyModels => &["history_models"],
        Sql::EmptyRollups => &["rollups"],
        _ => &[],
    }
}

#[test]
fn every_order_and_filter_has_its_index() {
    let folder = Folder::new();
    let store = open(&folder.database());
    let ways = Sql::ALL
        .iter()
        .filter(|sql| ["Latest", "Earliest", "Longest", "Costliest"].iter().any(|way| sql.name().starts_with(way)));
    let mut used: Vec<String> = ways
        .map(|sql| {
            let (_, plan) = scanned(&store, &sql.sql(), &[]);
            let by = plan[0].split_once("USING ").unwrap_or_else(|| panic!("{}: {plan:?}", sql.name())).1;
            by.split(' ').filter(|word| word.starts_with("history") || *word == "PRIMARY").collect()
        })
        .collect();
    used.sort();
    used.dedup();
    assert_eq!(
        used,
        [
            "PRIMARY",
            "history_costliest",
            "history_longest",
            "history_of_agents",
            "history_of_lengths",
            "history_of_models",
            "history_of_parents",
            "history_of_statuses",
            "history_of_worktrees",
            "history_of_zones",
        ]
    );
}

#[test]
fn no_statement_is_compiled_again_by_its_values() {
    let folder = Folder::new();
    let store = open(&folder.database());
    for sql in Sql::ALL {
        assert_eq!(recompilations(sql.compiled(&store).unwrap()), 0, "{}", sql.name());
    }
}
