//! That the counts were right once, as the file remembers it (`changes_state`), and whether that still holds.

use rusqlite::{Connection, OptionalExtension, params};

use super::log::{FOLD, log};
use crate::error::Result;

/// A check of the counts, and what has happened since that makes them doubtful.
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

/// How the counts stand; `None` where nobody has checked them.
pub fn standing(connection: &Connection) -> Result<Option<Standing>> {
    let version = connection.query_row("PRAGMA main.schema_version", [], |row| row.get(0))?;
    if !connection.table_exists(Some("main"), "changes_state")? {
        return Ok(None);
    }
    let sql = "SELECT stamp, doubts, schema_version FROM main.changes_state";
    let row = connection
        .query_row(sql, [], |row| {
            Ok(Standing { stamp: row.get(0)?, doubts: row.get(1)?, checked_version: row.get(2)?, version })
        })
        .optional()?;
    Ok(row)
}

/// Remembers that the counts are right, but for this many doubts. They hold nothing of a log that isn't whole: that starts
/// over, behind all that it had, so that its readers find their places gone.
pub fn remember(connection: &Connection, doubts: i64) -> Result<()> {
    let found = log(connection)?;
    if found.is_none_or(|log| !log.is_whole) {
        start_over(connection)?;
    }
    let version: i64 = connection.query_row("PRAGMA main.schema_version", [], |row| row.get(0))?;
    connection.execute(
        "UPDATE main.changes_state SET stamp = random(), schema_version = ?1, doubts = ?2, \
         (checked_to, checked_stamp) = (SELECT seq, stamp FROM main.changes ORDER BY seq DESC LIMIT 1)",
        params![version, doubts],
    )?;
    Ok(())
}

fn start_over(connection: &Connection) -> Result<()> {
    connection.execute_batch("INSERT OR IGNORE INTO main.changes_state (id) VALUES (1)")?;
    let ends = "SELECT max(counted_to, coalesce((SELECT max(seq) FROM main.changes), -1)) FROM main.changes_state";
    let end: i64 = connection.query_row(ends, [], |row| row.get(0))?;
    // No log gets to a higher number: somebody else wrote it, and it leaves no numbers behind it.
    let next = if (0..i64::MAX / 2).contains(&end) { (end / FOLD + 1) * FOLD } else { 0 };
    connection.execute("DELETE FROM main.changes", [])?;
    // The trigger folds at this row's number; there is nothing to fold.
    connection.execute("UPDATE main.changes_state SET counted_to = ?1 - 1", [next])?;
    connection.execute(
        "INSERT INTO main.changes (seq, at, entity, op) \
         VALUES (?1, CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER), 0, 0)",
        [next],
    )?;
    Ok(())
}
