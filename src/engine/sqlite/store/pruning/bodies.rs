//! Runs lose their prompts, results and output. Their rows stay, and say when that was.

use rusqlite::{Connection, params};

use super::list;
use crate::error::Result;

/// An execution that was only recorded gets a row among the runs, as when its usage is reported: that row says when its bodies
/// were pruned.
const NOTE: &str = "INSERT INTO main.runs (key, id, status, zone_id, worktree_id, agent_type, priority, available_at, created_at, \
      finished_at, attempt, executed) \
    SELECT (SELECT min(coalesce(min(key), 0), 0) FROM main.runs) - row_number() OVER (ORDER BY h.at, h.key), e.id, \
      iif(e.success, 'succeeded', 'failed'), e.zone_id, e.worktree_id, e.agent_type, 0, h.at, h.at, h.at, 1, 1 \
    FROM json_each(?1) AS j CROSS JOIN main.history AS h ON h.id = j.value CROSS JOIN {table} AS e ON e.id = h.id \
    WHERE NOT EXISTS (SELECT 1 FROM main.runs AS r WHERE r.id = e.id)";

const TABLES: [&str; 2] = ["main.zone_executions", "main.archived_executions"];

/// Empties them; returns how many, and how many bytes that was. `floor` keeps the keys of runs above those of notes.
pub(super) fn empty(inner: &Connection, ids: &[String], now: i64, floor: &str) -> Result<(i64, i64)> {
    let named = list(ids);
    let in_place = is_referred_to(inner)?;
    let (mut count, mut bytes) = (0, output(inner, ids)?);
    let tables = if has_archive(inner)? { &TABLES[..] } else { &TABLES[..1] };
    for table in tables {
        bytes += inner
            .prepare_cached(&format!(
                "SELECT coalesce(sum(octet_length(prompt) + coalesce(octet_length(result), 0)), 0) FROM {table} \
                 WHERE id IN (SELECT value FROM json_each(?1))"
            ))?
            .query_row([&named], |row| row.get::<_, i64>(0))?;
        inner.prepare_cached(&NOTE.replace("{table}", table))?.execute([&named])?;
        inner.prepare_cached(floor)?.execute([])?;
        count += if in_place { update(inner, table, &named)? } else { replace(inner, table, &named)? };
    }
    bytes += inner
        .prepare_cached(
            "SELECT coalesce(sum(coalesce(octet_length(prompt), 0) + coalesce(octet_length(result), 0)), 0) FROM main.runs \
             WHERE id IN (SELECT value FROM json_each(?1))",
        )?
        .query_row([&named], |row| row.get::<_, i64>(0))?;
    count += inner
        .prepare_cached(
            "UPDATE main.runs SET prompt = iif(prompt IS NULL, NULL, ''), result = NULL \
             WHERE id IN (SELECT value FROM json_each(?1)) AND (prompt <> '' OR result IS NOT NULL)",
        )?
        .execute([&named])?;
    inner
        .prepare_cached(
            "UPDATE main.runs SET bodies_pruned_at = ?2 \
             WHERE id IN (SELECT value FROM json_each(?1)) AND bodies_pruned_at IS NULL",
        )?
        .execute(params![named, now])?;
    Ok((count as i64, bytes))
}

/// Whether the archive has any executions.
pub(super) fn has_archive(inner: &Connection) -> Result<bool> {
    let sql = "SELECT EXISTS (SELECT 1 FROM main.archived_executions)";
    Ok(inner.prepare_cached(sql)?.query_row([], |row| row.get(0))?)
}

/// Whether another table refers to executions: replacing one may then delete that table's rows.
fn is_referred_to(inner: &Connection) -> Result<bool> {
    let sql = "SELECT EXISTS (SELECT 1 FROM main.sqlite_schema AS s, pragma_foreign_key_list(s.name) AS f \
               WHERE s.type = 'table' AND f.\"table\" IN ('zone_executions', 'archived_executions') COLLATE NOCASE)";
    Ok(inner.prepare_cached(sql)?.query_row([], |row| row.get(0))?)
}

const EMPTIED: &str = "id IN (SELECT value FROM json_each(?1)) AND (prompt <> '' OR result <> '')";

fn update(inner: &Connection, table: &str, named: &str) -> Result<usize> {
    let sql = format!("UPDATE {table} SET prompt = '', result = '' WHERE {EMPTIED}");
    Ok(inner.prepare_cached(&sql)?.execute([named])?)
}

/// A row that becomes shorter frees no page, so the file stays as it is. Deleting and inserting it again makes room: SQLite joins
/// pages that have little.
fn replace(inner: &Connection, table: &str, named: &str) -> Result<usize> {
    let columns = if table == "main.zone_executions" { "rowid" } else { "key, at_rowid, made_at" };
    let sql = format!(
        "INSERT OR REPLACE INTO {table} ({columns}, id, zone_id, worktree_id, agent_type, prompt, result, success, executed_at) \
         SELECT {columns}, id, zone_id, worktree_id, agent_type, '', '', success, executed_at FROM {table} WHERE {EMPTIED} ORDER BY 1"
    );
    Ok(inner.prepare_cached(&sql)?.execute([named])?)
}

/// Removes their output; returns how many bytes that was. The last row of each stays, empty, and says that there was more.
pub(super) fn output(inner: &Connection, ids: &[String]) -> Result<i64> {
    let mut bytes = 0;
    for key in keys(inner, ids)? {
        let (from, to) = (key << 32, (key << 32) + 0xffff_ffff);
        let (last, length): (Option<i64>, i64) = inner
            .prepare_cached(
                "SELECT max(id), coalesce(sum(octet_length(text)), 0) FROM main.run_output WHERE id BETWEEN ?1 AND ?2",
            )?
            .query_row([from, to], |row| Ok((row.get(0)?, row.get(1)?)))?;
        let Some(last) = last.filter(|_| length > 0) else { continue };
        bytes += length;
        inner.prepare_cached("DELETE FROM main.run_output WHERE id BETWEEN ?1 AND ?2")?.execute([from, last - 1])?;
        inner
            .prepare_cached("UPDATE main.run_output SET text = '', truncated = 1, bytes = 0 WHERE id = ?1")?
            .execute([last])?;
    }
    Ok(bytes)
}

/// The keys of those that have a row among the runs.
pub(super) fn keys<T: serde::Serialize>(inner: &Connection, ids: &[T]) -> Result<Vec<i64>> {
    let mut statement =
        inner.prepare_cached("SELECT r.key FROM json_each(?1) AS j CROSS JOIN main.runs AS r ON r.id = j.value")?;
    let keys = statement.query_map([list(ids)], |row| row.get(0))?;
    Ok(keys.collect::<rusqlite::Result<_>>()?)
}
