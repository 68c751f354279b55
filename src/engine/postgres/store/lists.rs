//! Lists that are longer than a batch.

use tokio_postgres::Row;

use super::Store;
use super::state::Rest;
use crate::engine::Lists;
use crate::engine::postgres::client::value::{Value, push_row};
use crate::error::Result;
use crate::rows::Batch;

impl Lists for Store {
    fn more(&self, batch: &mut Batch) -> Result<bool> {
        self.check_open()?;
        Ok(self.unfinished.take().is_some_and(|rest| self.fill(rest, batch)))
    }

    fn abandon(&self) {
        self.unfinished.take();
        self.past_board.take();
    }

    /// What reads several things reads them in one trip, at the first of the calls: see `boards.rs`.
    fn begin_snapshot(&self) -> Result<bool> {
        self.check_open()?;
        self.ahead.take();
        Ok(true)
    }

    fn end_snapshot(&self) -> Result<()> {
        self.ahead.take();
        Ok(())
    }
}

impl Store {
    /// Reads rows until the batch is full; `true` where [`Lists::more`] has the rest.
    pub(super) fn list(&self, sql: &str, values: &[Value<'_>], batch: &mut Batch) -> Result<bool> {
        self.unfinished.take();
        let rows = self.read(sql, values)?;
        Ok(self.list_rows(rows, push_row, batch))
    }

    /// Lists rows that were read.
    pub(super) fn list_rows(&self, rows: Vec<Row>, push: fn(&Row, &mut Batch), batch: &mut Batch) -> bool {
        self.fill(Rest::Rows(rows.into_iter(), push), batch)
    }

    /// Reads at most one row.
    pub(super) fn get(&self, sql: &str, values: &[Value<'_>], batch: &mut Batch) -> Result<()> {
        if let Some(row) = self.read_one(sql, values)? {
            push_row(&row, batch);
        }
        Ok(())
    }

    pub(super) fn fill(&self, rest: Rest, batch: &mut Batch) -> bool {
        let rest = match rest {
            Rest::Rows(rows, push) => fill_rows(rows, push, batch),
            Rest::Past(rest) => rest.fill(batch).map(Rest::Past),
        };
        let is_more = rest.is_some();
        self.unfinished.replace(rest);
        is_more
    }
}

/// Packs rows until the batch is full: what is left.
fn fill_rows(mut rows: std::vec::IntoIter<Row>, push: fn(&Row, &mut Batch), batch: &mut Batch) -> Option<Rest> {
    while let Some(row) = rows.as_slice().first() {
        // One cell more for what is made of a row.
        if !batch.has_room(row.len() + 1) {
            return Some(Rest::Rows(rows, push));
        }
        push(row, batch);
        rows.next();
    }
    None
}
