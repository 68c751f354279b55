//! Lists that are longer than a batch.

use tokio_postgres::Row;

use super::Store;
use super::kept_lists::Listed;
use super::state::Rest;
use crate::engine::Lists;
use crate::engine::postgres::client::value::{Value, columns_of, push_row, push_row_of};
use crate::error::Result;
use crate::rows::Batch;

impl Lists for Store {
    fn more(&self, batch: &mut Batch) -> Result<bool> {
        self.check_open()?;
        Ok(self.unfinished.take().is_some_and(|rest| self.fill(rest, batch)))
    }

    fn abandon(&self) {
        self.unfinished.take();
    }

    /// Calls that read several things read them in one statement, or begin a transaction.
    fn begin_snapshot(&self) -> Result<bool> {
        self.check_open().map(|()| false)
    }

    fn end_snapshot(&self) -> Result<()> {
        Ok(())
    }
}

impl Store {
    /// Reads rows until the batch is full; `true` where [`Lists::more`] has the rest. No rows where a kept answer still holds.
    pub(super) fn list(&self, sql: &str, values: &[Value<'_>], batch: &mut Batch) -> Result<bool> {
        self.unfinished.take();
        match self.read_unless_kept(sql, values)? {
            Listed::Holds => {
                self.holds.set(true);
                Ok(false)
            }
            Listed::Rows(rows) => Ok(self.fill(Rest::Rows(rows.into_iter()), batch)),
        }
    }

    /// Reads at most one row.
    pub(super) fn get(&self, sql: &str, values: &[Value<'_>], batch: &mut Batch) -> Result<()> {
        if let Some(row) = self.read_one(sql, values)? {
            push_row(&row, batch);
        }
        Ok(())
    }

    /// Lists rows that were read already.
    pub(super) fn list_rows(&self, rows: Vec<Row>, push: fn(&Row, &mut Batch), batch: &mut Batch) -> bool {
        self.fill(Rest::Made(rows.into_iter(), push), batch)
    }

    pub(super) fn fill(&self, rest: Rest, batch: &mut Batch) -> bool {
        let rest = match rest {
            Rest::Rows(rows) => {
                let columns = rows.as_slice().first().map(columns_of).unwrap_or_default();
                fill_rows(rows, |row, batch| push_row_of(row, &columns, batch), batch).map(Rest::Rows)
            }
            Rest::Made(rows, push) => fill_rows(rows, push, batch).map(|rows| Rest::Made(rows, push)),
            Rest::Past(rest) => rest.fill(batch).map(Rest::Past),
        };
        let is_more = rest.is_some();
        self.unfinished.replace(rest);
        is_more
    }
}

type Rows = std::vec::IntoIter<Row>;

/// Packs rows until the batch is full: those that are left.
fn fill_rows(mut rows: Rows, push: impl Fn(&Row, &mut Batch), batch: &mut Batch) -> Option<Rows> {
    while let Some(row) = rows.as_slice().first() {
        // One cell more, for a row's revision.
        if !batch.has_room(row.len() + 1) {
            return Some(rows);
        }
        push(row, batch);
        rows.next();
    }
    None
}
