//! That the statements keep to their indexes, told by SQLite and not by a clock, sort nothing, and are not compiled again by their
//! values.

use super::in_full::InFull;
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

/// Those that lists walk along.
fn walks() -> impl Iterator<Item = &'static Sql> {
    let ways = ["Latest", "Earliest", "Longest", "Costliest"];
    Sql::ALL.iter().filter(move |sql| ways.iter().any(|way| sql.name().starts_with(way)))
}

#[test]
fn a_walk_in_full_goes_along_the_same_index_and_finds_each_execution_by_its_id() {
    let folder = Folder::new();
    let store = open(&folder.database());
    for sql in walks() {
        let (_, brief) = scanned(&store, &sql.sql(), &[]);
        let (scanned, mut plan) = scanned(&store, &InFull(*sql).sql(), &[]);
        assert_eq!(scanned, [] as [&str; 0], "{}: {plan:?}", sql.name());
        let last = plan.pop().unwrap();
        assert!(last.contains("SEARCH e USING INDEX sqlite_autoindex_zone_executions_1 (id=?)"), "{last}");
        assert_eq!(plan, brief, "{}", sql.name());
        assert_eq!(recompilations(InFull(*sql).compiled(&store).unwrap()), 0, "{}", sql.name());
    }
}

#[test]
fn every_order_and_filter_has_its_index() {
    let folder = Folder::new();
    let store = open(&folder.database());
    let mut used: Vec<String> = walks()
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
