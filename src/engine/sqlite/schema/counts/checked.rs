//! That the counts were right once, as the file remembers it (`execution_counts_checked`), and whether that still holds.

use rusqlite::{Connection, OptionalExtension, params};

use crate::error::Result;

/// How often the log is folded: `execution_counts_fold` in the schema.
const FOLD: i64 = 8_192;

/// What tells one moment's counts from another's as far as they can be doubted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// Whose check it was: random.
    pub stamp: i64,
    /// How often since then a row may have been replaced.
    pub doubts: i64,
    /// `PRAGMA schema_version` then.
    pub checked_version: i64,
    /// The same now.
    pub version: i64,
}

impl Standing {
    /// Nothing has come up since the check.
    #[must_use]
    pub fn is_certain(&self) -> bool {
        self.doubts == 0 && self.has_same_schema()
    }

    /// Nobody has changed the schema since.
    #[must_use]
    pub fn has_same_schema(&self) -> bool {
        self.version == self.checked_version
    }
}

/// The log's first and last row, the last one's stamp, and whether all between are there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Log {
    first: i64,
    last: i64,
    stamp: i64,
    pub is_whole: bool,
}

/// How a log has become what it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Since {
    /// Rows were appended.
    Appended,
    /// It was folded.
    Folded,
    /// Somebody else than the triggers changed it.
    Changed,
}

/// Where the counts stand; `None` where nobody has checked them.
pub fn standing(connection: &Connection) -> Result<Option<Standing>> {
    let version = connection.query_row("PRAGMA main.schema_version", [], |row| row.get(0))?;
    if !connection.table_exists(Some("main"), "execution_counts_checked")? {
        return Ok(None);
    }
    let sql = "SELECT stamp, doubts, schema_version FROM main.execution_counts_checked";
    let row = connection
        .query_row(sql, [], |row| {
            Ok(Standing { stamp: row.get(0)?, doubts: row.get(1)?, checked_version: row.get(2)?, version })
        })
        .optional()?;
    Ok(row)
}

/// The log as it is; `None` where it is empty.
pub fn log(connection: &Connection) -> Result<Option<Log>> {
    let sql = "SELECT (SELECT min(id) FROM main.execution_counts_log), (SELECT count(*) FROM main.execution_counts_log), \
               id, stamp FROM main.execution_counts_log ORDER BY id DESC LIMIT 1";
    let log = connection
        .query_row(sql, [], |row| {
            let (first, rows, last): (i64, i64, i64) = (row.get(0)?, row.get(1)?, row.get(2)?);
            let between = last.checked_sub(first).and_then(|n| n.checked_add(1));
            Ok(Log { first, last, stamp: row.get(3)?, is_whole: between == Some(rows) })
        })
        .optional()?;
    Ok(log)
}

/// What was done to the log since the check.
pub fn log_since_the_check(connection: &Connection) -> Result<Since> {
    let sql = "SELECT log_first, log_last, log_stamp FROM main.execution_counts_checked";
    let then = connection.query_row(sql, [], |row| {
        Ok(Log { first: row.get(0)?, last: row.get(1)?, stamp: row.get(2)?, is_whole: true })
    })?;
    since(connection, then)
}

/// What was done to the log since it was this one.
pub fn since(connection: &Connection, then: Log) -> Result<Since> {
    let Some(now) = log(connection)?.filter(|log| log.is_whole) else { return Ok(Since::Changed) };
    if now.first == then.first {
        let sql = "SELECT stamp FROM main.execution_counts_log WHERE id = ?1";
        let stamp: Option<i64> = connection.query_row(sql, [then.last], |row| row.get(0)).optional()?;
        return Ok(if stamp == Some(then.stamp) { Since::Appended } else { Since::Changed });
    }
    Ok(if now.first % FOLD == 0 && now.first >= then.last { Since::Folded } else { Since::Changed })
}

/// Remembers that the counts are right, but for so many doubts.
pub fn remember(connection: &Connection, doubts: i64) -> Result<()> {
    // So that a log that was emptied can be told from one that nobody has written to.
    connection.execute_batch(
        "INSERT INTO main.execution_counts_log (id, zone_id, worktree_id, agent_type, total, successful, failed) \
         SELECT 0, '', '', '', 0, 0, 0 WHERE NOT EXISTS (SELECT 1 FROM main.execution_counts_log)",
    )?;
    if log(connection)?.is_some_and(|log| !log.is_whole) {
        // Folds what is left of it.
        connection.execute_batch(
            "UPDATE main.execution_counts_log SET stamp = random() \
             WHERE id = (SELECT max(id) FROM main.execution_counts_log)",
        )?;
    }
    let version: i64 = connection.query_row("PRAGMA main.schema_version", [], |row| row.get(0))?;
    if let Some(Log { first, last, stamp, .. }) = log(connection)? {
        connection.execute(
            "INSERT OR REPLACE INTO main.execution_counts_checked \
             (id, stamp, schema_version, doubts, log_first, log_last, log_stamp) VALUES (1, random(), ?1, ?2, ?3, ?4, ?5)",
            params![version, doubts, first, last, stamp],
        )?;
    }
    Ok(())
}
