//! That the statements keep to their indexes and are not compiled again by their values.

use super::sql::Sql;
use crate::engine::Search;
use crate::engine::sqlite::store::Store;
use crate::engine::sqlite::store::statements::Listed;
use crate::engine::sqlite::store::tests::{open, recompilations, scanned};
use crate::model::search::Mode;
use crate::test_folder::Folder;

fn searching(folder: &Folder) -> Store {
    let store = open(&folder.database());
    for mode in [Mode::Words, Mode::Substring] {
        store.enable_search(mode).unwrap();
    }
    let state = store.search_state().unwrap().unwrap();
    // A store that compiled nothing before the tables existed.
    let store = open(&folder.database());
    store.connection.register_hits().unwrap();
    store.make_tail_tables(state).unwrap();
    store
}

#[test]
fn no_statement_looks_at_more_than_it_needs() {
    let folder = Folder::new();
    let store = searching(&folder);
    for sql in Sql::ALL {
        let may: &[&str] = match sql {
            // One row, or none.
            Sql::State | Sql::SetBuilt | Sql::TailEnds | Sql::SameCounts => {
                &["search_state", "temp.search_tail", "changes_state"]
            }
            // The schema, where it is another one than before.
            Sql::HasTrigger | Sql::IsThere => &["sqlite_schema"],
            // Once for each index that is built.
            Sql::HowMany | Sql::HowManyDocs => &["history", "search_runs"],
            // The last row that there is.
            Sql::LastDoc | Sql::TailLastDoc => &["search_runs", "temp.search_runs"],
            Sql::Times => &["history"],
            Sql::OfExecution => &["(subquery-2)"],
            // By the index of FTS5.
            _ => &["search_words", "search_substrings", "temp.search_words", "temp.search_substrings"],
        };
        let (scanned, plan) = scanned(&store, &sql.sql(), may);
        assert_eq!(scanned, [] as [&str; 0], "{}: {plan:?}", sql.name());
        let by = plan.iter().filter(|step| step.contains("VIRTUAL TABLE"));
        assert!(by.clone().all(|step| step.contains('M') || step.contains('=')), "{}: {plan:?}", sql.name());
    }
}

#[test]
fn no_statement_is_compiled_again_by_its_values() {
    let folder = Folder::new();
    let store = searching(&folder);
    for sql in Sql::ALL {
        assert_eq!(recompilations(sql.compiled(&store).unwrap()), 0, "{}", sql.name());
    }
}
