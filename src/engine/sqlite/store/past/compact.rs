//! Making the log smaller: positions that follow each other, as dragging a card leaves them, become one.

use std::collections::HashMap;

use serde_json::{Map, Value};

use super::sql::Sql;
use crate::engine::sqlite::driver::{Bind, Statement};
use crate::engine::sqlite::store::Store;
use crate::engine::sqlite::store::queries::Query;
use crate::error::Result;

/// Younger rows are left as they are: after this time, whoever follows the feed has read them.
const OLD_MS: i64 = 3_600_000;
/// So long after another one a position no longer belongs to the same drag.
const DRAG_MS: i64 = 60_000;
/// How many rows one transaction reads.
const SLICE: i64 = 1000;

/// The short names of what a drag changes (`schema/0003_changes.up.sql`).
const DRAGGED: [&str; 3] = ["x", "y", "u"];

/// A position of a worktree, which the next one may replace.
struct Position {
    seq: i64,
    at: i64,
    by: Option<String>,
    values: Map<String, Value>,
    /// Somebody reads on from this row.
    stays: bool,
}

impl Store {
    /// Merges positions that follow each other: of one worktree, by the same actor, within a minute of each other, with nothing
    /// else of that worktree between, older than an hour by the log's own time. Takes the next slice of the log, after a row;
    /// returns the last row that was read and how many were deleted, `None` at the end.
    pub(in crate::engine::sqlite::store) fn compact_slice(&self, after: i64) -> Result<Option<(i64, i64)>> {
        self.atomically(|| {
            let now = self.first(Query::LogEnd, &[], |row| row.integer(2))?.unwrap_or_default();
            let mut looked = after;
            let mut positions: HashMap<String, Position> = HashMap::new();
            let (mut gone, mut merged) = (Vec::new(), HashMap::new());
            let slice = [Bind::Integer(after), Bind::Integer(now - OLD_MS), Bind::Integer(SLICE)];
            self.each_row(Sql::Drawn, &slice, |row| {
                looked = row.integer(0);
                let id = row.text(3);
                let known = positions.remove(&id);
                let Some(mut next) = position(row) else { return Ok(true) };
                if let Some(known) = known
                    && known.by == next.by
                    && next.at - known.at <= DRAG_MS
                    && !known.stays
                {
                    // What only the earlier one says is still true.
                    let mut values = known.values;
                    values.extend(next.values);
                    next.values = values;
                    gone.push(known.seq);
                    merged.remove(&known.seq);
                    merged.insert(next.seq, Value::Object(next.values.clone()).to_string());
                }
                positions.insert(id, next);
                Ok(true)
            })?;
            if looked == after {
                return Ok(None);
            }
            for (seq, data) in &merged {
                self.write_run(Sql::Merge, &[Bind::Integer(*seq), Bind::Text(data)])?;
            }
            for seq in &gone {
                self.write_run(Sql::DeleteRow, &[Bind::Integer(*seq)])?;
            }
            Ok(Some((looked, gone.len() as i64)))
        })
    }
}

/// A row that says nothing but where a worktree is now.
fn position(row: &Statement) -> Option<Position> {
    let (entity, op) = (row.integer(1), row.integer(2));
    if (entity, op) != (1, 2) {
        return None;
    }
    let values: Map<String, Value> = row.with_text(4, |data| serde_json::from_str(data).ok())?;
    if values.is_empty() || !values.keys().all(|key| DRAGGED.contains(&key.as_str())) {
        return None;
    }
    let (seq, at, by) = (row.integer(0), row.integer(6), row.text_or_null(5));
    Some(Position { seq, at, by, values, stays: row.integer(7) != 0 })
}
