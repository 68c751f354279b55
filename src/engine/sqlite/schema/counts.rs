//! The counts of executions, which triggers keep: whether they are right, and making them right.
//!
//! They can only be wrong where another program replaced rows (`INSERT OR REPLACE` without `recursive_triggers` deletes
//! without telling), or wrote the tables of counts itself.

use rusqlite::{Connection, Transaction, TransactionBehavior};

use super::inspect::in_snapshot;
use crate::error::Result;

/// The tables of counts and what they count by.
const TABLES: [(&str, &[&str]); 2] = [
    ("execution_counts", &["worktree_id", "zone_id", "agent_type"]),
    ("execution_counts_by_zone", &["zone_id", "agent_type"]),
];

/// A table whose counts are not what the executions are.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Drift {
    /// The table.
    pub table: &'static str,
    /// How many of its counts are wrong.
    pub rows: i64,
    /// What one of them is about.
    pub example: String,
}

/// Compares the counts with the executions. Reads every execution.
///
/// # Errors
/// SQLite's error.
pub fn check(connection: &Connection) -> Result<Vec<Drift>> {
    in_snapshot(connection, || TABLES.into_iter().filter_map(|table| drift(connection, table).transpose()).collect())
}

fn drift(connection: &Connection, (table, keys): (&'static str, &[&str])) -> Result<Option<Drift>> {
    let by = keys.join(", ");
    let name = keys.join(" || ' / ' || ");
    // The counts and the executions, these negative: what is right adds up to nothing.
    let sql = format!(
        "SELECT count(*), min(name) FROM (SELECT {name} AS name FROM ( \
           SELECT {by}, total, successful, failed FROM main.{table} UNION ALL \
           SELECT {by}, total, successful, failed FROM main.execution_counts_log UNION ALL \
           SELECT {by}, -1, -(success IS 1), -(success IS 0) FROM main.zone_executions) \
         GROUP BY {by} HAVING sum(total) <> 0 OR sum(successful) <> 0 OR sum(failed) <> 0)"
    );
    let (rows, example) = connection.query_row(&sql, [], |row| Ok((row.get(0)?, row.get::<_, Option<String>>(1)?)))?;
    Ok((rows > 0).then(|| Drift { table, rows, example: example.unwrap_or_default() }))
}

/// Counts everything anew.
///
/// # Errors
/// SQLite's error; then the counts are as they were.
pub fn rebuild(connection: &Connection) -> Result<()> {
    let transaction = Transaction::new_unchecked(connection, TransactionBehavior::Immediate)?;
    for (table, keys) in TABLES {
        let by = keys.join(", ");
        transaction.execute_batch(&format!(
            "DELETE FROM main.{table}; \
             INSERT INTO main.{table} SELECT {by}, count(*), sum(success IS 1), sum(success IS 0) \
             FROM main.zone_executions GROUP BY {by}"
        ))?;
    }
    // The newest row stays, counting nothing, so that its number is not given again.
    transaction.execute_batch(
        "DELETE FROM main.execution_counts_log WHERE id < (SELECT max(id) FROM main.execution_counts_log); \
         UPDATE main.execution_counts_log SET stamp = random(), total = 0, successful = 0, failed = 0",
    )?;
    Ok(transaction.commit()?)
}
