//! What was staged becomes part of the board: checked against it and written in one transaction. The log says of each row what
//! it says of any that is made, so feed, counts and the history follow from it; the ledger comes with the lines, not from the log.

use std::path::Path;

use rusqlite::Connection;
use rusqlite::config::DbConfig;

use super::check;
use super::export;
use crate::engine::sqlite::store::Store;
use crate::engine::transfer::tables::{Column, TABLES, Table};
use crate::engine::{Imported, Sink, Transfers, Wanted};
use crate::error::Result;
use crate::model::time;

impl Transfers for Store {
    fn about_lines(&self) -> Result<u64> {
        self.connection().with(|inner| Ok(export::about(inner)))
    }

    fn export(&self, wanted: Wanted, sink: Sink<'_>) -> Result<()> {
        export::export(self, wanted, sink)
    }

    fn take_staged(&self, staged: &Path) -> Result<Imported> {
        self.take_in(staged, || self.connection().with(run))
    }
}

fn run(inner: &Connection) -> Result<Imported> {
    let equal = check::against_the_board(inner)?;
    let shifts = Shifts::of(inner)?;
    let mut counts = Imported { equal, added: Vec::with_capacity(TABLES.len()) };
    for table in TABLES {
        let added = match table.name {
            // A trigger puts new runs into the queue one by one; `queue` does so with all at once.
            "runs" => silently(inner, || Ok(inner.execute(&insert(table, &shifts), [])? as u64))?,
            "moves" => moves(inner, table)?,
            _ => inner.execute(&insert(table, &shifts), [])? as u64,
        };
        counts.added.push((table.name, added));
    }
    queue(inner)?;
    tell(inner)?;
    pruned(inner)?;
    archived(inner)?;
    Ok(counts)
}

/// Runs without triggers.
fn silently<T>(inner: &Connection, run: impl FnOnce() -> Result<T>) -> Result<T> {
    inner.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_TRIGGER, false)?;
    let ran = run();
    let on_again = inner.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_TRIGGER, true);
    let value = ran?;
    on_again?;
    Ok(value)
}

/// By how much rowids are shifted, so that imported rows are behind those of the board. In an empty table they stay what they were.
struct Shifts(Vec<(&'static str, Option<i64>)>);

impl Shifts {
    fn of(inner: &Connection) -> Result<Self> {
        let mut all = Vec::new();
        for table in ["zones", "worktrees", "worktree_zones", "zone_executions"] {
            let sql =
                format!("SELECT (SELECT max(rowid) FROM main.{table}), min(at_row), max(at_row) FROM stage.{table}");
            let (taken, least, most): (Option<i64>, Option<i64>, Option<i64>) =
                inner.query_row(&sql, [], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
            let shift = match (taken, least, most) {
                (Some(taken), Some(least), Some(most)) => taken
                    .max(0)
                    .checked_add(1)
                    .and_then(|next| next.checked_sub(least.min(1)))
                    .filter(|shift| most.checked_add(*shift).is_some()),
                _ => Some(0),
            };
            all.push((table, shift));
        }
        Ok(Self(all))
    }

    /// A rowid as SQL; NULL, which SQLite fills in, where there are no numbers left.
    fn sql(&self, table: &str, column: &str) -> String {
        match self.0.iter().find(|(name, _)| *name == table) {
            Some((_, Some(shift))) => format!("s.{column} + {shift}"),
            _ => "NULL".into(),
        }
    }
}

fn insert(table: &Table, shifts: &Shifts) -> String {
    let mut names = Vec::new();
    let mut values = Vec::new();
    let mut join = String::new();
    let mut add = |name: &str, value: String| {
        names.push(format!("\"{name}\""));
        values.push(value);
    };
    let runs = "JOIN stage.runs_here ON runs_here.old = s.";
    let archived = "JOIN stage.archived_here ON archived_here.old = s.";
    for Column { name, .. } in table.columns {
        match (table.name, *name) {
            ("runs", "place") | ("run_output", "sequence") | ("archived_executions", "nth") => {}
            ("runs", "key") => {
                join.extend([format!("{runs}key ")]);
                add("key", "runs_here.here".into());
            }
            ("archived_worktrees", "key") => {
                join.extend([format!("{archived}key ")]);
                add("key", "archived_here.here".into());
            }
            ("run_output", "run") => {
                join.extend([format!("{runs}run ")]);
                add("id", "(runs_here.here << 32) + s.sequence".into());
            }
            ("archived_executions", "worktree") => {
                join.extend([format!("{archived}worktree ")]);
                add("key", "(archived_here.here << 32) + s.nth".into());
            }
            ("archived_runs", "worktree") => {
                join.extend([format!("{archived}worktree ")]);
                add("worktree", "archived_here.here".into());
            }
            (_, "run") => {
                join.extend([format!("{runs}run ")]);
                add("run", "runs_here.here".into());
            }
            (of, "rowid") => add("rowid", shifts.sql(of, "at_row")),
            ("archived_executions", "at_rowid") => add("at_rowid", shifts.sql("zone_executions", "at_rowid")),
            ("archived_worktrees", "at_rowid") => add("at_rowid", shifts.sql("worktrees", "at_rowid")),
            ("archived_worktrees", "assigned_rowid") => {
                add("assigned_rowid", shifts.sql("worktree_zones", "assigned_rowid"));
            }
            (_, name) => add(name, format!("s.\"{name}\"")),
        }
    }
    format!(
        "INSERT INTO main.\"{0}\" ({1}) SELECT {2} FROM stage.\"{0}\" AS s {join} ORDER BY s.line",
        table.name,
        names.join(", "),
        values.join(", ")
    )
}

/// Moves are in the order of their times: where the board has one that is later than the first imported one, all get new keys.
fn moves(inner: &Connection, table: &Table) -> Result<u64> {
    let columns: Vec<String> = table.columns.iter().skip(1).map(|column| format!("\"{}\"", column.name)).collect();
    let columns = columns.join(", ");
    let (last, latest): (i64, Option<i64>) =
        inner.query_row("SELECT coalesce(max(key), 0), max(at) FROM main.moves", [], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })?;
    let first: Option<i64> = inner.query_row("SELECT min(at) FROM stage.moves", [], |row| row.get(0))?;
    let Some(first) = first else { return Ok(0) };
    if latest.is_none_or(|latest| latest <= first) {
        let sql = format!(
            "INSERT INTO main.moves (key, {columns}) SELECT key + {last}, {columns} FROM stage.moves ORDER BY line"
        );
        return Ok(inner.execute(&sql, [])? as u64);
    }
    let added: i64 = inner.query_row("SELECT count(*) FROM stage.moves", [], |row| row.get(0))?;
    inner.execute_batch(&format!(
        "CREATE TABLE stage.all_moves AS SELECT 0 AS later, key AS nr, {columns} FROM main.moves
         UNION ALL SELECT 1, key, {columns} FROM stage.moves;
         DELETE FROM main.moves;
         INSERT INTO main.moves ({columns}) SELECT {columns} FROM stage.all_moves ORDER BY at, later, nr;"
    ))?;
    Ok(added as u64)
}

/// Puts runs where they belong: into the queue, which has a first in each lane, or among those that are not due.
fn queue(inner: &Connection) -> Result<()> {
    inner.execute_batch(
        "INSERT INTO main.run_delayed (due, run, zone_id, worktree_id)
         SELECT s.available_at, h.here, s.zone_id, s.worktree_id FROM stage.runs AS s JOIN stage.runs_here AS h ON h.old = s.key
         WHERE s.place = 'delayed';
         UPDATE main.run_queue SET behind = 1
         WHERE behind = 0 AND (zone_id, agent_type) IN (SELECT zone_id, agent_type FROM stage.runs WHERE place = 'queue');
         INSERT INTO main.run_queue (behind, zone_id, agent_type, urgency, run, worktree_id)
         SELECT 1, s.zone_id, s.agent_type, -s.priority - iif(s.answered, 18014398509481984, 0), h.here, s.worktree_id
         FROM stage.runs AS s JOIN stage.runs_here AS h ON h.old = s.key WHERE s.place = 'queue';
         UPDATE main.run_queue SET behind = 0 WHERE behind = 1 AND run IN (
           SELECT run FROM (SELECT run, row_number() OVER (PARTITION BY zone_id, agent_type ORDER BY urgency, run) AS n
             FROM main.run_queue WHERE (zone_id, agent_type) IN (SELECT zone_id, agent_type FROM stage.runs WHERE place = 'queue'))
           WHERE n = 1);",
    )?;
    Ok(())
}

/// Says in the log what no trigger says: runs, metadata, limits and budgets.
fn tell(inner: &Connection) -> Result<()> {
    let at = format!("max({}, coalesce((SELECT at FROM main.changes ORDER BY seq DESC LIMIT 1), 0))", time::now());
    inner.execute_batch(&format!(
        "INSERT INTO main.changes (at, entity, op, id, zone_id, worktree_id, agent_type, data)
         SELECT {at}, 5, 1, id, zone_id, worktree_id, agent_type,
           json_object('status', iif(place = 'leased', 'running', status))
         FROM stage.runs WHERE key > 0 ORDER BY line;
         INSERT INTO main.changes (at, entity, op, id, data)
         SELECT {at}, 6, 2, id, json_object('entity', iif(entity = 1, 'worktree', 'zone'), 'metadata', json(data))
         FROM stage.metadata ORDER BY line;
         INSERT INTO main.changes (at, entity, op, id, zone_id, data)
         SELECT {at}, 7, 2, 'wipLimit', zone_id, json_object('wipLimit', most) FROM stage.wip_limits ORDER BY line;
         INSERT INTO main.changes (at, entity, op, id, zone_id, agent_type, data)
         SELECT {at}, 7, 2, 'limit', nullif(zone_id, ''), nullif(agent_type, ''), json_object('limit', at_once)
         FROM stage.run_limits ORDER BY line;
         INSERT INTO main.changes (at, entity, op, id, zone_id, worktree_id, agent_type, data)
         SELECT {at}, 7, 2, 'budget', iif(scope = 'zone', id, NULL), iif(scope = 'worktree', id, NULL), iif(scope = 'agent', id, NULL),
           json_object('period', period, 'limitMicros', limit_micros)
         FROM stage.budgets ORDER BY line;"
    ))?;
    Ok(())
}

/// What was pruned where the lines come from still counts here.
fn pruned(inner: &Connection) -> Result<()> {
    let at = time::now();
    inner.execute_batch(&format!(
        "INSERT INTO main.changes (at, entity, op, zone_id, worktree_id, agent_type, success, count)
         SELECT max({at}, coalesce((SELECT at FROM main.changes ORDER BY seq DESC LIMIT 1), 0)), 4, 4, p.zone_id, p.worktree_id, p.agent_type,
           s.value, CASE s.value WHEN 1 THEN p.successful WHEN 0 THEN p.failed ELSE p.total - p.successful - p.failed END
         FROM stage.executions_pruned AS p CROSS JOIN (SELECT 1 AS value UNION ALL SELECT 0 UNION ALL SELECT NULL) AS s ORDER BY p.line;"
    ))?;
    Ok(())
}

/// What the archive got is counted by the names that archived worktrees have in counts; the history is rebuilt.
fn archived(inner: &Connection) -> Result<()> {
    let mut keys = inner.prepare(
        "SELECT here FROM stage.archived_here JOIN stage.archived_worktrees AS s ON s.key = old \
         UNION SELECT here FROM stage.archived_here JOIN stage.archived_executions AS s ON s.worktree = old",
    )?;
    let keys: Vec<i64> = keys.query_map([], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
    if keys.is_empty() {
        return Ok(());
    }
    let at = time::now();
    inner.execute_batch(&format!(
        "INSERT INTO main.changes (at, entity, op, zone_id, worktree_id, agent_type, success, count)
         SELECT max({at}, coalesce((SELECT at FROM main.changes ORDER BY seq DESC LIMIT 1), 0)), 4, 4, s.zone_id, w.history,
           s.agent_type, s.success, count(*)
         FROM stage.archived_executions AS s JOIN stage.archived_here AS h ON h.old = s.worktree
         JOIN main.archived_worktrees AS w ON w.key = h.here GROUP BY w.history, s.zone_id, s.agent_type, s.success;
         UPDATE main.archived_worktrees SET executions =
           (SELECT count(*) FROM main.archived_executions AS e WHERE e.key BETWEEN archived_worktrees.key << 32 AND (archived_worktrees.key << 32) + 4294967295)
         WHERE key IN (SELECT here FROM stage.archived_here);
         DELETE FROM main.changes_readers WHERE name = 'history';"
    ))?;
    Ok(())
}
