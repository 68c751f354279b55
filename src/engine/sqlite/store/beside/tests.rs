//! That the statements keep to their indexes, told by SQLite and not by a clock, and are not compiled again by their values.

use super::sql::Sql;
use crate::engine::sqlite::driver::Bind;
use crate::engine::sqlite::store::tests::open;
use crate::test_folder::Folder;

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

#[test]
fn no_statement_looks_at_more_than_it_needs() {
    let folder = Folder::new();
    let store = open(&folder.database());
    for sql in Sql::ALL {
        let plan: Vec<String> = store
            .connection
            .with(|inner| {
                let mut statement = inner.prepare(&format!("EXPLAIN QUERY PLAN {}", sql.sql()))?;
                let rows = statement.raw_query().mapped(|row| row.get::<_, String>("detail"));
                Ok(rows.collect::<rusqlite::Result<_>>()?)
            })
            .unwrap();
        let scanned =
            plan.iter().filter_map(|step| step.strip_prefix("SCAN ")?.trim_start_matches("main.").split(' ').next());
        let scanned: Vec<&str> = scanned.filter(|table| !may_scan(*sql).contains(table)).collect();
        assert_eq!(scanned, [] as [&str; 0], "{}: {plan:?}", sql.name());
    }
}

#[test]
fn no_statement_is_compiled_again_by_its_values() {
    let folder = Folder::new();
    let store = open(&folder.database());
    for sql in Sql::ALL {
        let statement = store.beside.get(&store.connection, *sql as usize, || sql.sql()).unwrap();
        for value in [1, 2] {
            let values = vec![Bind::Integer(value); statement.parameter_count()];
            // What a constraint refuses is compiled, too.
            let _ = statement.with_bound(&values, crate::engine::sqlite::driver::Statement::step);
        }
        assert_eq!(statement.recompilations(), 0, "{}", sql.name());
    }
}
