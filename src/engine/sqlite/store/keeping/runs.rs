//! Runs go, with all that is theirs, and count as before: what they come to is added to what is kept of it in the same transaction.

use rusqlite::Connection;
use rusqlite::config::DbConfig;

use super::bodies::keys;
use super::list;
use crate::engine::sqlite::store::Store;
use crate::error::Result;

/// What was pruned of a worktree, a zone and an agent is more.
const COUNT: &str = "INSERT INTO main.executions_pruned (worktree_id, zone_id, agent_type, total, successful, failed) \
    SELECT {name}, e.zone_id, e.agent_type, count(*), sum(e.success IS 1), sum(e.success IS 0) \
    FROM {from} WHERE e.id IN (SELECT value FROM json_each(?1)) GROUP BY 1, 2, 3 \
    ON CONFLICT DO UPDATE SET total = total + excluded.total, successful = successful + excluded.successful, failed = failed + excluded.failed";

/// What each table has of the texts of some.
const BYTES: &[&str] = &[
    "SELECT coalesce(sum(octet_length(prompt) + coalesce(octet_length(result), 0)), 0) FROM main.zone_executions WHERE id IN (SELECT value FROM json_each(?1))",
    "SELECT coalesce(sum(octet_length(prompt) + coalesce(octet_length(result), 0)), 0) FROM main.archived_executions WHERE id IN (SELECT value FROM json_each(?1))",
    "SELECT coalesce(sum(coalesce(octet_length(prompt), 0) + coalesce(octet_length(result), 0)), 0) FROM main.runs WHERE id IN (SELECT value FROM json_each(?1))",
];

impl Store {
    /// Removes runs: how many bytes of text they had. `None`, and nothing is done, where the history has more to read first.
    /// Within a transaction.
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
    let mut bytes = 0;
    for sql in BYTES {
        bytes += inner.prepare_cached(sql)?.query_row([&named], |row| row.get::<_, i64>(0))?;
    }
    let counted = [
        ("e.worktree_id", "main.zone_executions AS e"),
        ("w.history", "main.archived_executions AS e JOIN main.archived_worktrees AS w ON w.key = e.key >> 32"),
    ];
    for (name, from) in counted {
        inner.prepare_cached(&COUNT.replace("{name}", name).replace("{from}", from))?.execute([&named])?;
    }
    inner
        .prepare_cached(
            "UPDATE main.archived_worktrees SET executions = executions - gone.count FROM (SELECT key >> 32 AS worktree, count(*) AS count \
             FROM main.archived_executions WHERE id IN (SELECT value FROM json_each(?1)) GROUP BY 1) AS gone WHERE key = gone.worktree",
        )?
        .execute([&named])?;
    // The log is not told, by no trigger: nothing of the board is another, and nothing counts otherwise.
    inner.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_TRIGGER, false)?;
    let deleted =
        inner.execute("DELETE FROM main.zone_executions WHERE id IN (SELECT value FROM json_each(?1))", [&named]);
    inner.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_TRIGGER, true)?;
    deleted?;
    inner
        .prepare_cached("DELETE FROM main.archived_executions WHERE id IN (SELECT value FROM json_each(?1))")?
        .execute([&named])?;
    let keys = keys(inner, ids)?;
    for key in &keys {
        let (from, to) = (key << 32, (key << 32) + 0xffff_ffff);
        bytes += inner
            .prepare_cached(
                "SELECT coalesce(sum(octet_length(text)), 0) FROM main.run_output WHERE id BETWEEN ?1 AND ?2",
            )?
            .query_row([from, to], |row| row.get::<_, i64>(0))?;
        inner.prepare_cached("DELETE FROM main.run_output WHERE id BETWEEN ?1 AND ?2")?.execute([from, to])?;
    }
    let keyed = list(&keys);
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
    inner
        .prepare_cached(
            "DELETE FROM main.runs WHERE id >= 'pruned-' AND id < 'pruned.' AND executed AND id = 'pruned-' || key \
             AND key <> (SELECT max(key) FROM main.runs)",
        )?
        .execute([])?;
    Ok(bytes)
}
