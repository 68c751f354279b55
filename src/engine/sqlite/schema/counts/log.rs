//! The log of changes as far as the counts of executions are folded from it: what of it is not in their tables yet, and
//! whether it is still the log that it was.

use rusqlite::{Connection, OptionalExtension};

use crate::error::Result;

/// How often the log is folded: `changes_fold` in the schema. It begins at a multiple of this, too.
pub const FOLD: i64 = 8_192;

/// What the counts' tables lack, as `FROM` has it: rows of `c` with `count`. A row that says what is about to be replaced
/// counts where the next row is the insert itself.
macro_rules! not_counted_yet {
    () => {
        "main.changes AS c WHERE c.seq > (SELECT counted_to FROM main.changes_state) AND c.count <> 0 \
         AND (c.op <> 0 OR (SELECT n.op = 1 AND n.entity = 4 AND n.id = c.id FROM main.changes AS n WHERE n.seq = c.seq + 1))"
    };
}
pub(super) use not_counted_yet;

/// Where the log begins and ends, and how far it is in the counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Log {
    first: i64,
    pub last: i64,
    /// The last row's.
    pub stamp: i64,
    /// `None` where somebody removed the row that says so.
    counted_to: Option<i64>,
    /// Whether it begins where a fold leaves it, and has all rows that aren't in the counts yet.
    pub is_whole: bool,
}

/// How a log has become what it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Since {
    /// Rows were appended.
    Appended,
    /// Some were folded, too.
    Folded,
    /// Somebody else than the triggers changed it.
    Changed,
}

/// The log as it is; `None` where it is empty.
pub fn log(connection: &Connection) -> Result<Option<Log>> {
    let sql = "SELECT (SELECT min(seq) FROM main.changes), l.seq, l.stamp, s.counted_to, \
                 (SELECT count(*) FROM main.changes WHERE seq > s.counted_to) \
               FROM main.changes AS l LEFT JOIN main.changes_state AS s ORDER BY l.seq DESC LIMIT 1";
    let log = connection
        .query_row(sql, [], |row| {
            let (first, last, rows): (i64, i64, i64) = (row.get(0)?, row.get(1)?, row.get(4)?);
            let counted_to: Option<i64> = row.get(3)?;
            let is_whole = counted_to.is_some_and(|counted_to| {
                let begins = first % FOLD == 0 && first.checked_sub(1).is_some_and(|before| before <= counted_to);
                begins && last.checked_sub(counted_to) == Some(rows)
            });
            Ok(Log { first, last, stamp: row.get(2)?, counted_to, is_whole })
        })
        .optional()?;
    Ok(log)
}

/// What was done to the log since the check.
pub fn since_the_check(connection: &Connection) -> Result<Since> {
    let sql = "SELECT checked_to, checked_stamp FROM main.changes_state";
    let (last, stamp) = connection.query_row(sql, [], |row| Ok((row.get(0)?, row.get(1)?)))?;
    since(connection, last, stamp)
}

/// What was done to the log since it ended with this row.
pub fn since(connection: &Connection, last: i64, stamp: i64) -> Result<Since> {
    let Some(now) = log(connection)?.filter(|log| log.is_whole) else { return Ok(Since::Changed) };
    let Some(counted_to) = now.counted_to else { return Ok(Since::Changed) };
    let sql = "SELECT stamp FROM main.changes WHERE seq = ?1";
    let there: Option<i64> = connection.query_row(sql, [last], |row| row.get(0)).optional()?;
    let same = there.map_or(last < now.first, |there| there == stamp);
    // Where a fold leaves it. Only a log that was never folded is counted as far as it went.
    let folded = counted_to >= last && counted_to % FOLD == FOLD - 1;
    Ok(if same && folded {
        Since::Folded
    } else if same && counted_to <= last {
        Since::Appended
    } else {
        Since::Changed
    })
}
