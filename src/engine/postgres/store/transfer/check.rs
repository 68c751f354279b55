//! Comparing lines with the board that they are to become part of: rows that it has already are left out where they are equal; where they
//! differ, nothing is imported. Within the transaction that imports.

use super::load::staged;
use super::sources;
use crate::engine::Refused;
use crate::engine::postgres::client::value::{integer, text_of};
use crate::engine::postgres::store::Store;
use crate::engine::transfer::refused::taken;
use crate::engine::transfer::tables::{Column, TABLES, Table};
use crate::error::Result;

/// The tables of what belongs to a run, which they name by its number in the lines.
const OF_RUNS: &[&str] = &["run_attempts", "run_models", "usage_events", "run_output", "archived_runs"];
/// Columns that say where a row is stored, not what it is: on another board they differ.
const WHERE_IT_LIES: &[&str] = &["rowid", "key", "run", "at_rowid", "assigned_rowid", "worktree"];
/// Columns by the clock of the machine or the server where a run is worked on.
const CLOCKS: &[&str] = &["boot", "sound_to", "deadline", "claimed"];

/// What a row needs to exist: its table and column, and what that names.
const NAMED: &[(&str, &str, &str)] = &[
    ("worktree_zones", "worktree_id", "worktree"),
    ("worktree_zones", "zone_id", "zone"),
    ("zone_executions", "worktree_id", "worktree"),
    ("zone_executions", "zone_id", "zone"),
    ("wip_limits", "zone_id", "zone"),
    ("worktree_costs", "worktree_id", "worktree"),
];

/// What a new row can't have because another row of the board has it; `{a table}` stands for its lines.
const TAKEN: &[&str] = &[
    "SELECT s.line, 'another worktree has the port ' || s.port FROM {worktrees} AS s JOIN {s}.worktrees AS m ON m.port = s.port \
     WHERE m.id <> s.id",
    "SELECT s.line, 'an open run has the same idempotency_key' FROM {runs} AS s JOIN {s}.runs AS m ON m.idempotency_key = s.idempotency_key \
     WHERE m.status IN ('queued', 'running', 'waiting') AND s.finished_at IS NULL AND m.id <> s.id",
    "SELECT s.line, 'the execution ' || s.id || ' is in the archive' FROM {zone_executions} AS s JOIN {s}.archived_executions AS m ON m.id = s.id",
    "SELECT s.line, 'the execution ' || s.id || ' is on the board' FROM {archived_executions} AS s JOIN {s}.zone_executions AS m ON m.id = s.id",
    "SELECT s.line, 'there is a run ' || s.id FROM {zone_executions} AS s JOIN {s}.runs AS m ON m.id = s.id AND NOT m.executed \
     WHERE NOT EXISTS (SELECT 1 FROM {runs} AS r WHERE r.id = s.id)",
    "SELECT s.line, 'there is an execution ' || s.id FROM {runs} AS s JOIN {s}.runs AS m ON m.id = s.id AND m.recorded \
     WHERE s.key > 0 AND NOT EXISTS (SELECT 1 FROM {zone_executions} AS e WHERE e.id = s.id)",
];

impl Store {
    /// The first lines about something that is neither among them nor on the board.
    pub(super) fn strangers(&self, most: usize) -> Result<Vec<Refused>> {
        let missing = |table: &str, column: &str, what: &str| {
            format!(
                "SELECT s.line, '{table}', '{table}: there is no {what} ' || s.{column} FROM {0} AS s \
                 WHERE NOT EXISTS (SELECT 1 FROM {1} AS o WHERE o.id = s.{column}) AND NOT EXISTS (SELECT 1 FROM {{s}}.{what}s AS o WHERE o.id = s.{column})",
                staged(table),
                staged(&format!("{what}s"))
            )
        };
        let mut all: Vec<String> = NAMED.iter().map(|(table, column, what)| missing(table, column, what)).collect();
        for (entity, what) in [(1, "worktree"), (2, "zone")] {
            all.push(format!("{} AND s.entity = {entity}", missing("metadata", "id", what)));
        }
        let sql = format!("{} ORDER BY 1 LIMIT {most}", all.join(" UNION ALL "));
        let rows = self.read(&sql, &[])?;
        let found = rows.iter().map(|row| {
            let named = text_of(row, 1).unwrap_or_default();
            let table = TABLES.iter().find(|table| table.name == named).map_or("", |table| table.name);
            Refused { line: integer(row, 0) as u64, table, why: text_of(row, 2).unwrap_or_default() }
        });
        Ok(found.collect())
    }

    /// Refuses lines of which the board has a different row, and leaves out those that it has: how many.
    pub(super) fn leave_out_what_is_there(&self) -> Result<u64> {
        for sql in TAKEN {
            let sql = TABLES
                .iter()
                .fold((*sql).to_owned(), |sql, table| sql.replace(&format!("{{{}}}", table.name), &staged(table.name)));
            self.refuse_the_first(&sql, |row| text_of(row, 1).unwrap_or_default())?;
        }
        let mut equal = 0;
        for table in TABLES {
            let source = sources::of(table);
            let name = staged(table.name);
            let join = same(table, &source);
            let differs: Vec<String> = table
                .columns
                .iter()
                .filter(|column| is_said(table, column))
                .map(|column| differs(table, column))
                .collect();
            if !differs.is_empty() {
                let why = format!("the board has another row of {} with this {}", table.name, table.key.join(", "));
                let sql = format!("SELECT s.line FROM {name} AS s {join} WHERE {}", differs.join(" OR "));
                self.refuse_the_first(&sql, |_| why.clone())?;
            }
            let sql =
                format!("DELETE FROM {name} WHERE line IN (SELECT s.line FROM {name} AS s {join}) RETURNING line");
            equal += self.write(&sql, &[])?.len() as u64;
        }
        Ok(equal)
    }

    fn refuse_the_first(&self, sql: &str, why: impl FnOnce(&tokio_postgres::Row) -> String) -> Result<()> {
        match self.read_one(&format!("{sql} ORDER BY s.line LIMIT 1"), &[])? {
            Some(row) => Err(taken(integer(&row, 0) as u64, &why(&row))),
            None => Ok(()),
        }
    }
}

/// Joins a line with the row of the board that it stands for.
fn same(table: &Table, source: &str) -> String {
    let is_of_run = OF_RUNS.contains(&table.name);
    let here = match table.name {
        "archived_executions" => "JOIN pg_temp.archived_here AS h ON h.old = s.worktree ",
        _ if is_of_run => "JOIN pg_temp.runs_here AS h ON h.old = s.run ",
        _ => "",
    };
    let keys = table.key.iter().map(|key| match (is_of_run, *key) {
        (true, "run") => "m.run = h.line".to_owned(),
        (_, "worktree") => "m.worktree = h.here".to_owned(),
        (_, key) => format!("m.\"{key}\" = s.\"{key}\""),
    });
    format!("{here}JOIN ({source}) AS m ON {}", keys.collect::<Vec<_>>().join(" AND "))
}

/// Whether a column says what a row is.
fn is_said(table: &Table, column: &Column) -> bool {
    let is_clock = table.name == "leases" && CLOCKS.contains(&column.name);
    !is_clock && !table.key.contains(&column.name) && !WHERE_IT_LIES.contains(&column.name)
}

fn differs(table: &Table, column: &Column) -> String {
    let differs = format!("m.\"{0}\" IS DISTINCT FROM s.\"{0}\"", column.name);
    match (table.name, column.name) {
        // What it was before a worker claimed it is not kept here.
        ("runs", "token" | "worked_ms") => format!("({differs} AND s.place IS DISTINCT FROM 'leased')"),
        _ => differs,
    }
}
