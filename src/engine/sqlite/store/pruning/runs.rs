//! Runs go, with all that is theirs, and count as before: in the same transaction, what they come to is added to what is kept of
//! pruned runs.

use rusqlite::Connection;

use super::bodies::has_archive;
use super::list;
use crate::engine::sqlite::store::Store;
use crate::error::Result;

/// Adds them to what was pruned of their worktree, zone and agent.
const COUNT: &str = "INSERT INTO main.executions_pruned (worktree_id, zone_id, agent_type, total, successful, failed) \
    SELECT {name}, e.zone_id, e.agent_type, count(*), sum(e.success IS 1), sum(e.success IS 0) \
    FROM {from} WHERE e.id IN (SELECT value FROM json_each(?1)) GROUP BY 1, 2, 3 \
    ON CONFLICT DO UPDATE SET total = total + excluded.total, successful = successful + excluded.successful, failed = failed + excluded.failed";

/// How many bytes of text a table has of some executions.
const BYTES: &str = "SELECT coalesce(sum(octet_length(prompt) + coalesce(octet_length(result), 0)), 0) FROM {table} \
    WHERE id IN (SELECT value FROM json_each(?1))";

/// The keys of those that have a row among the runs, and how many bytes of text that has.
const RUNS: &str = "SELECT r.key, coalesce(octet_length(r.prompt), 0) + coalesce(octet_length(r.result), 0) \
    FROM json_each(?1) AS j CROSS JOIN main.runs AS r ON r.id = j.value";

impl Store {
    /// Removes runs; returns how many bytes of text they had. `None`, and nothing is done, where the history has more to read
    /// first. Within a transaction.
    pub(super) fn remove_runs(&self, ids: &[String]) -> Result<Option<i64>> {
        let names: Vec<&str> = ids.iter().map(String::as_str).collect();
        if !self.keep_totals(&names)? {
            return Ok(None);
        }
        self.connection.with(|inner| remove(inner, ids)).map(Some)
    }
}

fn remove(inner: &Connection, ids: &[String]) -> Result<i64> {
    let named = list(ids);
    let mut bytes =
        remove_executions(inner, "main.zone_executions", "e.worktree_id", "main.zone_executions AS e", &named)?;
    if has_archive(inner)? {
        inner
            .prepare_cached(
                "UPDATE main.archived_worktrees SET executions = executions - gone.count FROM (SELECT key >> 32 AS worktree, count(*) AS count \
                 FROM main.archived_executions WHERE id IN (SELECT value FROM json_each(?1)) GROUP BY 1) AS gone WHERE key = gone.worktree",
            )?
            .execute([&named])?;
        let from = "main.archived_executions AS e JOIN main.archived_worktrees AS w ON w.key = e.key >> 32";
        bytes += remove_executions(inner, "main.archived_executions", "w.history", from, &named)?;
    }
    let mut statement = inner.prepare_cached(RUNS)?;
    let found = statement.query_map([&named], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?)))?;
    let (keys, texts): (Vec<i64>, Vec<i64>) = found.collect::<rusqlite::Result<Vec<_>>>()?.into_iter().unzip();
    bytes += texts.iter().sum::<i64>();
    if !keys.is_empty() {
        bytes += remove_wanted(inner, &keys)?;
    }
    // The row that stayed for the last key goes once there is a later one.
    inner
        .prepare_cached(
            "DELETE FROM main.runs WHERE id >= 'pruned-' AND id < 'pruned.' AND executed AND id = 'pruned-' || key \
             AND key <> (SELECT max(key) FROM main.runs)",
        )?
        .execute([])?;
    Ok(bytes)
}

/// Counts executions, of the board or of the archive, as pruned, and deletes them.
fn remove_executions(inner: &Connection, table: &str, name: &str, from: &str, named: &str) -> Result<i64> {
    let bytes: i64 = inner.prepare_cached(&BYTES.replace("{table}", table))?.query_row([named], |row| row.get(0))?;
    inner.prepare_cached(&COUNT.replace("{name}", name).replace("{from}", from))?.execute([named])?;
    let sql = format!("DELETE FROM {table} WHERE id IN (SELECT value FROM json_each(?1))");
    inner.prepare_cached(&sql)?.execute([named])?;
    Ok(bytes)
}

/// Deletes the rows among the runs, and their output; returns how many bytes that was.
fn remove_wanted(inner: &Connection, keys: &[i64]) -> Result<i64> {
    let mut bytes = 0;
    for key in keys {
        let (from, to) = (key << 32, (key << 32) + 0xffff_ffff);
        bytes += inner
            .prepare_cached(
                "SELECT coalesce(sum(octet_length(text)), 0) FROM main.run_output WHERE id BETWEEN ?1 AND ?2",
            )?
            .query_row([from, to], |row| row.get::<_, i64>(0))?;
        inner.prepare_cached("DELETE FROM main.run_output WHERE id BETWEEN ?1 AND ?2")?.execute([from, to])?;
    }
    let keyed = list(keys);
    for table in ["run_attempts", "run_models", "usage_events", "archived_runs"] {
        let sql = format!("DELETE FROM main.{table} WHERE run IN (SELECT value FROM json_each(?1))");
        inner.prepare_cached(&sql)?.execute([&keyed])?;
    }
    // No key is used twice: the last one stays, as a run that counts as gone, until there is a later one.
    inner
        .prepare_cached(
            "DELETE FROM main.runs WHERE key IN (SELECT value FROM json_each(?1)) AND key <> (SELECT max(key) FROM main.runs)",
        )?
        .execute([&keyed])?;
    inner
        .prepare_cached(
            "UPDATE main.runs SET id = 'pruned-' || key, executed = 1, parent_run_id = NULL, retry_of = NULL, worker_id = NULL, \"by\" = NULL, \
             error = NULL, question = NULL, answer = NULL, metadata = NULL, result = NULL, prompt = NULL, commit_before = NULL, commit_after = NULL \
             WHERE key IN (SELECT value FROM json_each(?1))",
        )?
        .execute([&keyed])?;
    Ok(bytes)
}
