//! Which statements may read more than they need: told by SQLite, not by a clock.

use super::super::sql::Sql;
use super::Board;
use crate::engine::run::taker::Taker;

/// Statements that read all of a table, and why that is little.
fn may_scan(sql: Sql) -> &'static [&'static str] {
    match sql {
        // As many rows as there are runs at work; limits; budgets; zones times agents.
        Sql::Leases | Sql::AtWork => &["leases"],
        Sql::Limits => &["run_limits"],
        Sql::Budgets | Sql::Spend => &["budgets"],
        // The first row or the last.
        Sql::NextDue | Sql::Ahead => &["run_delayed", "run_limits", "budgets"],
        // A row a lane.
        Sql::LanesWithoutFirst => &["l", "lane"],
        Sql::Log | Sql::LogLimit | Sql::News => &["changes"],
        _ => &[],
    }
}

#[test]
fn no_statement_looks_at_more_than_it_needs() {
    let board = Board::new();
    let mut found = Vec::new();
    for sql in Sql::ALL {
        let plan: Vec<String> = board
            .store
            .connection
            .with(|inner| {
                let mut statement = inner.prepare(&format!("EXPLAIN QUERY PLAN {}", sql.sql()))?;
                let rows = statement.raw_query().mapped(|row| row.get::<_, String>("detail"));
                Ok(rows.collect::<rusqlite::Result<_>>()?)
            })
            .unwrap();
        for step in plan.iter().filter_map(|step| step.strip_prefix("SCAN ")) {
            let table = step.split(' ').next().unwrap_or_default().trim_start_matches("main.");
            let is_row = step == "CONSTANT ROW" || table.starts_with('(');
            if !is_row && !may_scan(*sql).contains(&table) {
                found.push((sql.name(), plan.clone()));
            }
        }
    }
    assert_eq!(found, []);
}

/// How many instructions SQLite takes for a claim with so many runs queued, and for the end of what was claimed.
fn steps(queued: usize) -> i32 {
    let board = Board::new();
    board.sql("BEGIN");
    for _ in 0..queued {
        board.enqueue(1, None);
    }
    board.sql("COMMIT");
    let taker = Taker { worker: "worker", lease_ms: 60_000, zones: None, agents: None, goes_on: false };
    let now = super::START;
    let claim = |now| board.store.atomically(|| board.store.claim(&taker, 1, now)).unwrap().len();
    assert_eq!(claim(now), 1);
    let instructions = || {
        Sql::ALL.iter().filter_map(|sql| board.store.runs.known(*sql as usize)).map(|s| s.instructions()).sum::<i32>()
    };
    let before = instructions();
    // Late enough for the lanes to be checked, too.
    assert_eq!(claim(now.plus(20_000)), 1);
    instructions() - before
}

#[test]
fn a_claim_takes_no_more_instructions_where_many_are_queued() {
    let (few, many) = (steps(10), steps(3_000));
    assert!(few > 50 && many <= few + few / 10, "{few} and {many}");
}
