//! The log of changes as the search reads it.

use super::sql::Sql;
use crate::engine::sqlite::driver::Bind;
use crate::engine::sqlite::store::Store;
use crate::engine::sqlite::store::history::Mark;
use crate::error::Result;

/// What the log calls a zone.
const ZONE: i64 = 2;

/// A part of the log.
#[derive(Default)]
pub(super) struct Stretch {
    /// What was touched, in the order in which it was first.
    pub ids: Vec<String>,
    /// Zones that went.
    pub zones: Vec<String>,
    /// The last row that was read; `None` where there was none.
    pub last: Option<Mark>,
    pub rows: usize,
}

impl Store {
    /// What the log says behind a row of it, at most so many rows.
    pub(super) fn search_log(&self, after: i64, most: usize) -> Result<Stretch> {
        let mut stretch = Stretch::default();
        let mut known = std::collections::HashSet::new();
        self.each_row(Sql::Touched, &[Bind::Integer(after), Bind::Integer(most as i64)], |row| {
            stretch.last = Some(Mark { seq: row.integer(0), stamp: row.integer(1) });
            stretch.rows += 1;
            let id = row.text(2);
            if row.integer(3) == ZONE {
                stretch.zones.push(id);
            } else if known.insert(id.clone()) {
                stretch.ids.push(id);
            }
            Ok(true)
        })?;
        Ok(stretch)
    }
}
