//! By how much the counts differ from the executions.

use std::collections::BTreeMap;

use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, Row, ToSql, params_from_iter};

use super::log::{log, not_counted_yet};
use crate::error::Result;

/// By worktree, zone and agent.
pub const OF_WORKTREES: &str = "execution_counts_of_worktrees";
/// By zone and agent.
pub const OF_ZONES: &str = "execution_counts_of_zones";

/// A worktree's, a zone's or an agent's name. SQLite lets other programs store any bytes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Key {
    Text(Vec<u8>),
    Blob(Vec<u8>),
}

impl ToSql for Key {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Text(bytes) => ValueRef::Text(bytes),
            Self::Blob(bytes) => ValueRef::Blob(bytes),
        }))
    }
}

/// Total, successful, failed.
type Counts = [i64; 3];

/// What has to be added to a count to make it right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    keys: Vec<Key>,
    counts: Counts,
}

impl Difference {
    /// What it is about.
    pub fn name(&self) -> String {
        let bytes = |key: &Key| match key {
            Key::Text(bytes) | Key::Blob(bytes) => String::from_utf8_lossy(bytes).into_owned(),
        };
        self.keys.iter().map(bytes).collect::<Vec<_>>().join(" / ")
    }
}

/// What the log adds to the larger table.
const LOGGED: &str = concat!(
    "UNION ALL SELECT worktree_id, zone_id, agent_type, count, count * (success IS 1), count * (success IS 0) FROM ",
    not_counted_yet!()
);

/// What is archived counts under a name of its own.
const ARCHIVED: &str = "UNION ALL SELECT w.history, e.zone_id, e.agent_type, -1, -(e.success IS 1), -(e.success IS 0) \
    FROM main.archived_executions AS e JOIN main.archived_worktrees AS w ON w.key = e.key >> 32";

/// What was pruned counts as before.
const PRUNED: &str =
    "UNION ALL SELECT worktree_id, zone_id, agent_type, -total, -successful, -failed FROM main.executions_pruned";

/// Whether a file keeps what was pruned.
fn has_pruned(connection: &Connection) -> Result<bool> {
    Ok(connection.table_exists(Some("main"), "executions_pruned")?)
}

/// Whether a file has an archive: later versions than that of the counts do.
fn has_archive(connection: &Connection) -> Result<bool> {
    let has = |table| connection.table_exists(Some("main"), table);
    Ok(has("archived_executions")? && has("archived_worktrees")?)
}

/// The differences of both tables, for a caller that reads a snapshot. Reads every execution once. A log that isn't whole
/// counts as empty: it is thrown away where the differences are added.
pub fn differences(connection: &Connection) -> Result<[(&'static str, Vec<Difference>); 2]> {
    let archived = if has_archive(connection)? { ARCHIVED } else { "" };
    let pruned = if has_pruned(connection)? { PRUNED } else { "" };
    let logged = if log(connection)?.is_some_and(|log| log.is_whole) { LOGGED } else { "" };
    let by_worktree = read(
        connection,
        &format!(
            "SELECT worktree_id, zone_id, agent_type, -sum(total), -sum(successful), -sum(failed) FROM ( \
               SELECT worktree_id, zone_id, agent_type, total, successful, failed FROM main.{OF_WORKTREES} {logged} UNION ALL \
               SELECT worktree_id, zone_id, agent_type, -1, -(success IS 1), -(success IS 0) FROM main.zone_executions {archived} {pruned}) \
             GROUP BY worktree_id, zone_id, agent_type HAVING sum(total) <> 0 OR sum(successful) <> 0 OR sum(failed) <> 0"
        ),
        3,
    )?;
    // The larger table is right with these added; the smaller one has to say of a zone what that says then.
    let mut by_zone: BTreeMap<Vec<Key>, Counts> = BTreeMap::new();
    let folded = "SELECT zone_id, agent_type, sum(total), sum(successful), sum(failed) FROM ( \
           SELECT zone_id, agent_type, total, successful, failed FROM main.execution_counts_of_worktrees UNION ALL \
           SELECT zone_id, agent_type, -total, -successful, -failed FROM main.execution_counts_of_zones) \
         GROUP BY zone_id, agent_type";
    let more = by_worktree.iter().map(|found| Difference { keys: found.keys[1..].to_vec(), counts: found.counts });
    for Difference { keys, counts } in read(connection, folded, 2)?.into_iter().chain(more) {
        let sum = by_zone.entry(keys).or_default();
        *sum = std::array::from_fn(|n| sum[n] + counts[n]);
    }
    let by_zone = by_zone.into_iter().filter(|(_, counts)| *counts != [0; 3]);
    let by_zone = by_zone.map(|(keys, counts)| Difference { keys, counts }).collect();
    Ok([(OF_WORKTREES, by_worktree), (OF_ZONES, by_zone)])
}

fn read(connection: &Connection, sql: &str, keys: usize) -> Result<Vec<Difference>> {
    let mut statement = connection.prepare(sql)?;
    let found = statement.query_map([], |row| difference(row, keys))?;
    Ok(found.collect::<rusqlite::Result<_>>()?)
}

fn difference(row: &Row<'_>, keys: usize) -> rusqlite::Result<Difference> {
    let key = |column| {
        Ok(match row.get_ref(column)? {
            ValueRef::Blob(bytes) => Key::Blob(bytes.to_vec()),
            // The columns are NOT NULL, and their TEXT affinity makes texts of numbers.
            other => Key::Text(other.as_bytes().unwrap_or_default().to_vec()),
        })
    };
    let counts = [row.get(keys)?, row.get(keys + 1)?, row.get(keys + 2)?];
    Ok(Difference { keys: (0..keys).map(key).collect::<rusqlite::Result<_>>()?, counts })
}

/// Whether there are as many executions as either table and the log say, for a caller that reads a snapshot. Counts
/// the rows of an index, which takes a small part of what `differences` does.
pub fn totals_agree(connection: &Connection) -> Result<bool> {
    let archived = if has_archive(connection)? { "+ (SELECT count(*) FROM main.archived_executions)" } else { "" };
    let pruned =
        if has_pruned(connection)? { "+ (SELECT coalesce(sum(total), 0) FROM main.executions_pruned)" } else { "" };
    let logged = concat!("(SELECT coalesce(sum(c.count), 0) FROM ", not_counted_yet!(), ")");
    let sql = format!(
        "SELECT (SELECT count(*) FROM main.zone_executions) {archived} {pruned} - {logged}, \
           (SELECT coalesce(sum(total), 0) FROM main.execution_counts_of_worktrees), \
           (SELECT coalesce(sum(total), 0) FROM main.execution_counts_of_zones)"
    );
    let row = |row: &Row<'_>| Ok([row.get(0)?, row.get(1)?, row.get(2)?]);
    let [folded, by_worktree, by_zone]: [i64; 3] = connection.query_row(&sql, [], row)?;
    Ok(folded == by_worktree && folded == by_zone)
}

/// Whether both tables have rows.
pub fn tables_have_rows(connection: &Connection) -> Result<bool> {
    let sql = "SELECT EXISTS (SELECT 1 FROM main.execution_counts_of_worktrees) AND EXISTS (SELECT 1 FROM main.execution_counts_of_zones)";
    Ok(connection.query_row(sql, [], |row| row.get(0))?)
}

/// Adds the differences to the counts. Others may have recorded executions since they were read: those count on top.
pub fn apply(connection: &Connection, differences: &[(&'static str, Vec<Difference>)]) -> Result<()> {
    for (table, rows) in differences {
        let keys = if *table == OF_WORKTREES { "worktree_id, zone_id, agent_type" } else { "zone_id, agent_type" };
        let places = if *table == OF_WORKTREES { "?, ?, ?" } else { "?, ?" };
        let mut add = connection.prepare(&format!(
            "INSERT INTO main.{table} ({keys}, total, successful, failed) VALUES ({places}, ?, ?, ?) \
             ON CONFLICT DO UPDATE SET total = total + excluded.total, successful = successful + excluded.successful, \
             failed = failed + excluded.failed"
        ))?;
        let mut forget = connection.prepare(&format!(
            "DELETE FROM main.{table} WHERE ({keys}) = ({places}) AND total = 0 AND successful = 0 AND failed = 0"
        ))?;
        for Difference { keys, counts } in rows {
            let keys = || keys.iter().map(|key| key as &dyn ToSql);
            add.execute(params_from_iter(keys().chain(counts.iter().map(|count| count as &dyn ToSql))))?;
            forget.execute(params_from_iter(keys()))?;
        }
    }
    Ok(())
}
