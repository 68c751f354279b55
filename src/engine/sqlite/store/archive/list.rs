//! Worktrees of the archive, as they are shown.

use super::sql::Sql;
use crate::engine::sqlite::driver::{Bind, Statement};
use crate::engine::sqlite::store::Store;
use crate::error::Result;
use crate::model::{WORKTREE, time};
use crate::rows::Batch;

/// Where the other columns begin.
const FIRST: usize = WORKTREE.fields.len();

impl Store {
    /// Appends the row of a worktree of the archive.
    pub(super) fn push_archived(&self, key: i64, batch: &mut Batch) -> Result<()> {
        self.first(Sql::One, &[Bind::Integer(key)], |row| push(batch, row))?.unwrap_or(Ok(()))
    }

    /// Appends the rows of those that were archived last, before a key.
    pub(super) fn push_latest_archived(&self, before: i64, most: usize, batch: &mut Batch) -> Result<()> {
        let most = Bind::Integer(i64::try_from(most).unwrap_or(i64::MAX));
        self.each_row(Sql::Latest, &[Bind::Integer(before), most], |row| push(batch, row).map(|()| true))
    }
}

fn push(batch: &mut Batch, row: &Statement) -> Result<()> {
    row.pack_cells(batch, FIRST, false)?;
    let text = |batch: &mut Batch, column: usize| match row.text_or_null(FIRST + column) {
        Some(text) => batch.push_text(text.as_bytes()),
        None => batch.push_null(),
    };
    batch.push_integer(row.integer(FIRST), false);
    text(batch, 1);
    batch.push_text(time::iso(row.integer(FIRST + 2) as f64).as_bytes());
    text(batch, 3);
    text(batch, 4);
    batch.push_integer(row.integer(FIRST + 5), false);
    match row.integer_or_null(FIRST + 6) {
        Some(micros) => batch.push_integer(micros, false),
        None => batch.push_null(),
    }
    text(batch, 7);
    batch.end_row();
    Ok(())
}
