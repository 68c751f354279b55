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
        self.fill(Rest { rows: rows.into_iter(), push }, batch)
    }

    /// Reads at most one row.
    pub(super) fn get(&self, sql: &str, values: &[Value<'_>], batch: &mut Batch) -> Result<()> {
        if let Some(row) = self.read_one(sql, values)? {
            push_row(&row, batch);
        }
        Ok(())
    }

    fn fill(&self, mut rest: Rest, batch: &mut Batch) -> bool {
        while let Some(row) = rest.rows.as_slice().first() {
            // One cell more for what is made of a row.
            if !batch.has_room(row.len() + 1) {
                self.unfinished.replace(Some(rest));
                return true;
            }
            (rest.push)(row, batch);
            rest.rows.next();
        }
        false
    }
}
