//! The log of changes as the history reads it.

use std::collections::{HashMap, HashSet};

use super::VERSION;
use super::line::archived_name;
use super::sql::Sql;
use crate::engine::Place as LogPlace;
use crate::engine::sqlite::driver::Bind;
use crate::engine::sqlite::schema::counts;
use crate::engine::sqlite::store::Store;
use crate::engine::sqlite::store::queries::Query;
use crate::error::Result;

/// How far the history has read the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Read {
    pub to: LogPlace,
    /// There are runs that were never read.
    pub building: bool,
}

/// What the log says of an id.
#[derive(Debug, Clone, Copy)]
pub(super) struct Touch {
    /// The row that says so last.
    pub seq: i64,
    /// The last one that says that an execution was made.
    pub made: Option<i64>,
}

/// The log's numbers of entities.
const WORKTREE: i64 = 1;
const ZONE: i64 = 2;

/// What a part of the log says.
#[derive(Default)]
pub(super) struct Stretch {
    pub touched: HashMap<String, Touch>,
    /// Worktrees, by their names in the history, of which its rows may no longer be right.
    pub worktrees: HashSet<String>,
    /// Zones that were deleted.
    pub zones: HashSet<String>,
    /// The last row that was read; `None` where there was none.
    pub last: Option<LogPlace>,
    pub rows: usize,
}

impl Store {
    /// How far the history has read the log; `None` where it has to be built: it never was, somebody doubts it, or the log is
    /// another one.
    pub(super) fn history_read(&self) -> Result<Option<Read>> {
        if self.version < VERSION {
            return Ok(None);
        }
        let read = self.first(Sql::Read, &[], |row| {
            let to = LogPlace { seq: row.integer(0), stamp: row.integer(1) };
            let goes_on = row.integer_or_null(2) == Some(to.stamp);
            goes_on.then_some(Read { to, building: row.integer(3) != 0 })
        })?;
        Ok(read.flatten())
    }

    /// The last row of the log; `None` where there is no log.
    pub(in crate::engine::sqlite::store) fn log_place(&self) -> Result<Option<LogPlace>> {
        if self.version < counts::VERSION {
            return Ok(None);
        }
        self.first(Query::LogEnd, &[], |row| LogPlace { seq: row.integer(0), stamp: row.integer(1) })
    }

    /// Whether the log still has a row.
    pub(in crate::engine::sqlite::store) fn log_has(&self, row: LogPlace) -> Result<bool> {
        let found = self.first(Query::LogRow, &[Bind::Integer(row.seq)], |found| found.integer(1))?;
        Ok(found == Some(row.stamp))
    }

    /// What the log says of runs and executions after a row of it, in `most` rows at most.
    pub(super) fn touched(&self, after: i64, most: usize) -> Result<Stretch> {
        let mut stretch = Stretch::default();
        self.each_row(Sql::Touched, &[Bind::Integer(after), Bind::Integer(most as i64)], |row| {
            let seq = row.integer(0);
            stretch.last = Some(LogPlace { seq, stamp: row.integer(1) });
            stretch.rows += 1;
            let Some(id) = row.text_or_null(2) else { return Ok(true) };
            if row.integer(4) == WORKTREE {
                stretch.worktrees.extend(row.with_text(5, |key| key.parse().ok()).map(archived_name));
                stretch.worktrees.insert(id);
            } else if row.integer(4) == ZONE {
                stretch.zones.insert(id);
            } else {
                let touch = stretch.touched.entry(id).or_insert(Touch { seq, made: None });
                touch.seq = seq;
                if row.integer(3) != 0 {
                    touch.made = Some(seq);
                }
            }
            Ok(true)
        })?;
        Ok(stretch)
    }

    /// The ids of what the history has of a stretch's worktrees and zones.
    pub(super) fn also_touched(&self, stretch: &Stretch) -> Result<Vec<String>> {
        let mut ids = Vec::new();
        for (sql, names) in [(Sql::OfWorktree, &stretch.worktrees), (Sql::OfZone, &stretch.zones)] {
            for name in names {
                self.each_row(sql, &[Bind::Text(name)], |row| {
                    ids.extend(row.text_or_null(0));
                    Ok(true)
                })?;
            }
        }
        Ok(ids)
    }
}
