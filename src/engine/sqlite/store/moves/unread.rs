//! The log of changes as the ledger reads it.

use serde_json::Value;

use super::sql::Sql;
use crate::engine::sqlite::driver::{Bind, Statement};
use crate::engine::sqlite::schema::counts::FOLD;
use crate::engine::sqlite::store::Store;
use crate::engine::sqlite::store::queries::Query;
use crate::error::Result;
use crate::model::ledger::{Change, Entry};

/// How far the ledger has read the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Read {
    /// The last row of the log that it has read.
    pub seq: i64,
    pub stamp: i64,
    /// The log goes on from there: nobody has emptied it, and it is no other file's.
    pub goes_on: bool,
}

impl Store {
    /// How far the ledger has read the log; `None` where somebody has deleted its row.
    pub(super) fn moves_read(&self) -> Result<Option<Read>> {
        let read = self.first(Sql::MovesRead, &[], |row| (row.integer(0), row.integer(1), row.integer_or_null(2)))?;
        let Some((seq, stamp, there)) = read else { return Ok(None) };
        let goes_on = match there {
            Some(there) => there == stamp,
            // It was cut, which is at a multiple of `FOLD`, or somebody has emptied the log.
            None => self
                .first(Query::LogStart, &[], |row| row.integer(0))?
                .is_some_and(|first| first > seq && first % FOLD == 0),
        };
        Ok(Some(Read { seq, stamp, goes_on }))
    }

    /// Where the log ends, as a row of it that says nothing.
    pub(super) fn last_entry(&self) -> Result<Entry> {
        let end = self.first(Query::LogEnd, &[], |row| Entry {
            seq: row.integer(0),
            stamp: row.integer(1),
            at: row.integer(2),
            ..Entry::default()
        })?;
        Ok(end.unwrap_or_default())
    }

    /// Hands `take` each row that the ledger has not read yet.
    pub(super) fn each_unread(&self, after: i64, mut take: impl FnMut(Entry)) -> Result<()> {
        for query in [Sql::MovesUnread, Sql::MovesUnreadLog] {
            self.each_row(query, &[Bind::Integer(after)], |row| {
                take(entry(row));
                Ok(true)
            })?;
        }
        Ok(())
    }
}

/// The log's numbers of entities, and of what was done to them.
const WORKTREE: i64 = 1;
const ZONE: i64 = 2;
const REPLACED: i64 = 0;
const MADE: i64 = 1;
const CHANGED: i64 = 2;
const RESTORED: i64 = 5;

fn entry(row: &Statement) -> Entry {
    let [seq, stamp, at] = [0, 1, 2].map(|column| row.integer(column));
    Entry { seq, stamp, at, change: change(row), by: row.text_or_null(8), reason: row.text_or_null(9) }
}

fn change(row: &Statement) -> Option<Change> {
    let (entity, op) = (row.integer(3), row.integer(4));
    let id = row.text_or_null(5)?;
    let said = |name: &str| row.with_text(7, |data| text_of(data, name));
    Some(match (entity, op) {
        (WORKTREE, REPLACED) => {
            Change::Replaced { by: said("id")?, port: said("port")?, by_update: said("by").is_some(), id }
        }
        (WORKTREE, MADE | CHANGED | RESTORED) => {
            Change::Worktree { is_new: op != CHANGED, branch_name: said("branch_name"), port: said("port"), id }
        }
        (WORKTREE, _) => Change::WorktreeGone { id },
        (ZONE, REPLACED) => return None,
        (ZONE, MADE) => Change::Zone { name: said("name").unwrap_or_default(), id },
        (ZONE, CHANGED) => Change::Zone { name: said("name")?, id },
        (ZONE, _) => Change::ZoneGone { id },
        (_, MADE | CHANGED) => Change::Assigned { worktree: id, zone: row.text_or_null(6) },
        _ => Change::Assigned { worktree: id, zone: None },
    })
}

/// A text of the JSON object that a row has. Most rows are of positions, which have none: those need no parsing.
fn text_of(data: &str, name: &str) -> Option<String> {
    if !data.contains(name) {
        return None;
    }
    match serde_json::from_str(data) {
        Ok(Value::Object(mut object)) => match object.remove(name)? {
            Value::String(text) => Some(text),
            Value::Null => None,
            other => Some(other.to_string()),
        },
        _ => None,
    }
}
