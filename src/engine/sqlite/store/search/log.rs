//! The log of changes as the search reads it.

use super::sql::Sql;
use crate::engine::sqlite::driver::Bind;
use crate::engine::sqlite::store::Store;
use crate::engine::sqlite::store::history::LogPlace;
use crate::error::Result;

/// The log's number of zones.
const ZONE: i64 = 2;

/// What a part of the log says.
#[derive(Default)]
pub(super) struct Stretch {
    /// What was touched, in the order of the first time.
    pub ids: Vec<String>,
    /// Zones that were deleted.
    pub zones: Vec<String>,
    /// The last row that was read; `None` where there was none.
    pub last: Option<LogPlace>,
    pub rows: usize,
}

impl Store {
    /// What the log says after a row of it, in `most` rows at most.
    pub(super) fn search_log(&self, after: i64, most: usize) -> Result<Stretch> {
        let mut stretch = Stretch::default();
        let mut known = std::collections::HashSet::new();
        self.each_row(Sql::Touched, &[Bind::Integer(after), Bind::Integer(most as i64)], |row| {
            stretch.last = Some(LogPlace { seq: row.integer(0), stamp: row.integer(1) });
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
