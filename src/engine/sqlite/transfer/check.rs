//! Comparing what was staged with the board that it is to become part of, within the transaction that imports: what the board
//! has already is left out where it is the same to the bit; where it differs, nothing is imported.

use rusqlite::{Connection, OptionalExtension};

use crate::engine::transfer::refused::taken;
use crate::engine::transfer::tables::{Column, TABLES, Table};
use crate::error::Result;

/// Tables of what belongs to a run or an archived worktree: the column with its number in the lines, and which table of the
/// stage has its number here.
const OF_OTHERS: &[(&str, &str, &str)] = &[
    ("leases", "run", "runs_here"),
    ("run_attempts", "run", "runs_here"),
    ("run_models", "run", "runs_here"),
    ("usage_events", "run", "runs_here"),
    ("run_output", "run", "runs_here"),
    ("archived_runs", "run", "runs_here"),
    ("archived_runs", "worktree", "archived_here"),
    ("archived_executions", "worktree", "archived_here"),
];

/// Columns that say where a row lies, not what it is: another file has it elsewhere.
const WHERE_IT_LIES: &[&str] = &["rowid", "key", "at_rowid", "assigned_rowid"];

/// What other rows of the board have that a new one can't have, too.
const TAKEN: &[(&str, &str)] = &[
    (
        "SELECT s.line, 'another worktree has the port ' || s.port FROM stage.worktrees AS s JOIN main.worktrees AS m ON m.port = s.port \
         WHERE m.id IS NOT s.id",
        "worktrees",
    ),
    (
        "SELECT s.line, 'an open run has the same idempotency_key' FROM stage.runs AS s JOIN main.runs AS m ON m.idempotency_key = s.idempotency_key \
         WHERE m.finished_at IS NULL AND s.finished_at IS NULL AND m.id <> s.id",
        "runs",
    ),
    (
        "SELECT s.line, 'the execution ' || s.id || ' is in the archive' FROM stage.zone_executions AS s JOIN main.archived_executions AS m ON m.id = s.id",
        "zone_executions",
    ),
    (
        "SELECT s.line, 'the execution ' || s.id || ' is on the board' FROM stage.archived_executions AS s JOIN main.zone_executions AS m ON m.id = s.id",
        "archived_executions",
    ),
    (
        "SELECT s.line, 'there is a run ' || s.id FROM stage.zone_executions AS s JOIN main.runs AS m ON m.id = s.id \
         WHERE NOT EXISTS (SELECT 1 FROM stage.runs AS r WHERE r.id = s.id) \
         AND NOT EXISTS (SELECT 1 FROM main.zone_executions AS e WHERE e.id = s.id)",
        "zone_executions",
    ),
    (
        "SELECT s.line, 'there is an execution ' || s.id FROM stage.runs AS s JOIN main.zone_executions AS m ON m.id = s.id \
         WHERE NOT EXISTS (SELECT 1 FROM main.runs AS r WHERE r.id = s.id) \
         AND NOT EXISTS (SELECT 1 FROM stage.zone_executions AS e WHERE e.id = s.id)",
        "runs",
    ),
];

/// Refuses what differs from the board, and leaves out what the board has; returns how many lines those are.
pub fn against_the_board(inner: &Connection) -> Result<u64> {
    number(inner)?;
    for (sql, _) in TAKEN {
        let found: Option<(i64, String)> = inner
            .query_row(&format!("{sql} ORDER BY s.line LIMIT 1"), [], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()?;
        if let Some((line, why)) = found {
            return Err(taken(line as u64, &why));
        }
    }
    let mut equal = 0;
    for table in TABLES {
        let (join, on) = same(table);
        let differs: Vec<String> = table.columns.iter().filter(|column| is_said(table, column)).map(differs).collect();
        let differs = if differs.is_empty() { "0".into() } else { differs.join(" OR ") };
        let sql = format!(
            "SELECT s.line FROM stage.\"{0}\" AS s {join} WHERE {on} AND ({differs}) ORDER BY s.line LIMIT 1",
            table.name
        );
        let other: Option<i64> = inner.query_row(&sql, [], |row| row.get(0)).optional()?;
        if let Some(line) = other {
            let why = format!("the board has another row of {} with this {}", table.name, table.key.join(", "));
            return Err(taken(line as u64, &why));
        }
        let sql = format!(
            "DELETE FROM stage.\"{0}\" WHERE line IN (SELECT s.line FROM stage.\"{0}\" AS s {join} WHERE {on})",
            table.name
        );
        equal += inner.execute(&sql, [])? as u64;
    }
    Ok(equal)
}

/// Gives each run and each archived worktree of the lines its number on the board.
fn number(inner: &Connection) -> Result<()> {
    inner.execute_batch(
        "CREATE TABLE stage.runs_here (old INTEGER PRIMARY KEY, here INTEGER NOT NULL);
         INSERT INTO stage.runs_here
         SELECT s.key, coalesce(m.key, s.key + iif(s.key > 0, (SELECT max(coalesce(max(key), 0), 0) FROM main.runs),
           (SELECT min(coalesce(min(key), 0), 0) FROM main.runs)))
         FROM stage.runs AS s LEFT JOIN main.runs AS m ON m.id = s.id;
         CREATE TABLE stage.archived_here (old INTEGER PRIMARY KEY, here INTEGER NOT NULL);
         INSERT INTO stage.archived_here
         SELECT s.key, coalesce(m.key, s.key + (SELECT coalesce(max(key), 0) FROM main.archived_worktrees))
         FROM stage.archived_worktrees AS s LEFT JOIN main.archived_worktrees AS m ON m.history = s.history;
         CREATE INDEX stage.executions_by_id ON zone_executions (id);",
    )?;
    Ok(())
}

/// How the row of the board that a line means is found.
fn same(table: &Table) -> (String, String) {
    let mut join = String::new();
    for (name, column, here) in OF_OTHERS {
        if *name == table.name {
            join.extend([format!("JOIN stage.{here} AS {here} ON {here}.old = s.\"{column}\" ")]);
        }
    }
    let (main, key): (String, Vec<String>) = match table.name {
        "run_output" => ("m.id = (runs_here.here << 32) + s.sequence".into(), vec![]),
        "archived_executions" => ("m.key = (archived_here.here << 32) + s.nth".into(), vec![]),
        _ => (String::new(), table.key.iter().map(|key| is_key(table.name, key)).collect()),
    };
    let on = if main.is_empty() { key.join(" AND ") } else { main };
    let only = if table.only.is_empty() { String::new() } else { format!(" AND {}", only(table)) };
    join.extend([format!("JOIN main.\"{}\" AS m ON {on}{only}", table.name)]);
    (join, "1".into())
}

/// Which rows of the board count: of archived worktrees those that were not restored.
fn only(table: &Table) -> &'static str {
    match table.name {
        "archived_worktrees" => "m.restored_at IS NULL",
        _ => "1",
    }
}

fn is_key(table: &str, key: &str) -> String {
    match (table, key) {
        ("run_attempts" | "run_models" | "usage_events" | "archived_runs", "run") => "m.run = runs_here.here".into(),
        // An execution without an id is known by nothing; it is new.
        _ => format!("m.\"{key}\" = s.\"{key}\""),
    }
}

/// Whether a column says what a row is.
fn is_said(table: &Table, column: &Column) -> bool {
    let is_number = OF_OTHERS.iter().any(|(name, of, _)| *name == table.name && *of == column.name);
    let is_in_key = matches!((table.name, column.name), ("run_output", "sequence") | ("archived_executions", "nth"));
    !is_number && !is_in_key && !WHERE_IT_LIES.contains(&column.name)
}

fn differs(column: &Column) -> String {
    format!("{} IS NOT s.\"{}\"", column.of("m"), column.name)
}
