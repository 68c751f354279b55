//! Whether the history (version 6), which lists of runs are read from, has all runs, but for what is still to be folded into it.

use rusqlite::{Connection, OptionalExtension};

use crate::error::Result;

/// The version of the schema that has it.
pub const VERSION: u32 = 6;

/// What is still to be folded.
const UNREAD: &str = "SELECT id FROM main.changes WHERE seq > ?1 AND entity IN (4, 5) AND id IS NOT NULL";

/// Runs and executions that the history lacks, or has of another zone, worktree or agent.
const LACKING: &str = "SELECT r.id FROM main.runs AS r WHERE key > 0 \
     AND (NOT executed OR EXISTS (SELECT 1 FROM main.zone_executions AS e WHERE e.id = r.id) \
       OR EXISTS (SELECT 1 FROM main.archived_executions AS a WHERE a.id = r.id)) \
     AND NOT EXISTS (SELECT 1 FROM main.history AS h WHERE h.at = r.created_at AND h.key = r.key AND h.zone_id = r.zone_id \
       AND (h.worktree_id = r.worktree_id OR h.worktree_id < char(2)) AND h.agent_type = r.agent_type) \
   UNION ALL SELECT e.id FROM main.zone_executions AS e WHERE typeof(e.id) = 'text' \
     AND NOT EXISTS (SELECT 1 FROM main.runs AS r WHERE r.id = e.id AND r.key > 0) \
     AND NOT EXISTS (SELECT 1 FROM main.history AS h WHERE h.id = e.id AND h.zone_id = e.zone_id AND h.worktree_id = e.worktree_id \
       AND h.agent_type = e.agent_type)";

/// What the history has and should not have.
const GONE: &str = "SELECT h.id FROM main.history AS h WHERE h.id IS NOT NULL \
     AND NOT EXISTS (SELECT 1 FROM main.zone_executions AS e WHERE e.id = h.id) \
     AND NOT EXISTS (SELECT 1 FROM main.archived_executions AS a WHERE a.id = h.id) \
   UNION ALL SELECT r.id FROM main.history AS h JOIN main.runs AS r ON r.key = h.key WHERE h.id IS NULL AND r.executed \
     AND NOT EXISTS (SELECT 1 FROM main.zone_executions AS e WHERE e.id = r.id) \
     AND NOT EXISTS (SELECT 1 FROM main.archived_executions AS a WHERE a.id = r.id)";

/// What is wrong, a sentence each. Reads all of it. A history that is to be rebuilt is never wrong.
pub fn check(connection: &Connection) -> Result<Vec<String>> {
    let sql = "SELECT seq FROM main.changes_readers AS r WHERE name = 'history' AND NOT EXISTS (SELECT 1 FROM main.history_building) \
               AND EXISTS (SELECT 1 FROM main.changes AS c WHERE c.seq = r.seq AND c.stamp = r.stamp)";
    let Some(read) = connection.query_row(sql, [], |row| row.get::<_, i64>(0)).optional()? else {
        return Ok(Vec::new());
    };
    let mut problems = Vec::new();
    for (found, what) in [(LACKING, "lacks"), (GONE, "has too much")] {
        let sql = format!("SELECT count(*), min(id) FROM ({found}) WHERE id NOT IN ({UNREAD})");
        let (count, example): (i64, Option<String>) =
            connection.query_row(&sql, [read], |row| Ok((row.get(0)?, row.get(1)?)))?;
        if count > 0 {
            problems.push(format!("history {what} {count} runs (such as {})", example.unwrap_or_default()));
        }
    }
    // Rollups can't be compared with a history that is wrong.
    if problems.is_empty() {
        problems.extend(super::rolled::check(connection)?);
    }
    Ok(problems)
}
