//! Lists that are longer than a batch.

use super::Store;
use super::kept::Listed;
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

    /// What reads several things reads them in one statement, or begins a transaction.
    fn begin_snapshot(&self) -> Result<bool> {
        self.check_open().map(|()| false)
    }

    fn end_snapshot(&self) -> Result<()> {
        Ok(())
    }
}

impl Store {
    /// Reads rows until the batch is full; `true` where [`Lists::more`] has the rest. None where what somebody has kept still holds.
    pub(super) fn list(&self, sql: &str, values: &[Value<'_>], batch: &mut Batch) -> Result<bool> {
        self.unfinished.take();
        match self.read_unless_kept(sql, values)? {
            Listed::Holds => {
                self.holds.set(true);
                Ok(false)
            }
            Listed::Rows(rows) => Ok(self.fill(rows.into_iter(), batch)),
        }
    }

    /// Reads at most one row.
    pub(super) fn get(&self, sql: &str, values: &[Value<'_>], batch: &mut Batch) -> Result<()> {
        if let Some(row) = self.read_one(sql, values)? {
            push_row(&row, batch);
        }
        Ok(())
    }

    fn fill(&self, mut rest: Rest, batch: &mut Batch) -> bool {
        let columns = rest.as_slice().first().map(columns_of).unwrap_or_default();
        while let Some(row) = rest.as_slice().first() {
            if !batch.has_room(row.len()) {
                self.unfinished.replace(Some(rest));
                return true;
            }
            push_row_of(row, &columns, batch);
            rest.next();
        }
        false
    }
}
