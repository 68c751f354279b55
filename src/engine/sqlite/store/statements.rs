//! Running the statements of the lists in `queries` and in each folder's `sql`.

use std::rc::Rc;

use super::Store;
use super::queries::Query;
use crate::engine::sqlite::driver::{Bind, Statement};
use crate::error::Result;

/// A statement of a list, whose compiled form a store keeps.
pub(super) trait Listed: Copy {
    /// Its compiled form.
    fn compiled(self, store: &Store) -> Result<&Rc<Statement>>;
}

impl Listed for Query {
    fn compiled(self, store: &Store) -> Result<&Rc<Statement>> {
        store.statement(self)
    }
}

impl Store {
    /// What `read` makes of the first row, if there is one.
    pub(super) fn first<T>(
        &self,
        sql: impl Listed,
        values: &[Bind<'_>],
        read: impl FnOnce(&Statement) -> T,
    ) -> Result<Option<T>> {
        sql.compiled(self)?.with_bound(values, |statement| Ok(statement.step()?.then(|| read(statement))))
    }

    /// Reads every row, until `read` says `false`.
    pub(super) fn each_row(
        &self,
        sql: impl Listed,
        values: &[Bind<'_>],
        mut read: impl FnMut(&Statement) -> Result<bool>,
    ) -> Result<()> {
        sql.compiled(self)?.with_bound(values, |statement| {
            while statement.step()? && read(statement)? {}
            Ok(())
        })
    }

    /// Runs a statement that writes: how many rows it changed, and the latest rowid.
    pub(super) fn write_run(&self, sql: impl Listed, values: &[Bind<'_>]) -> Result<(i32, i64)> {
        sql.compiled(self)?.with_bound(values, |statement| {
            let changes = statement.run()?;
            Ok((changes.changes, changes.last_insert_rowid))
        })
    }

    /// Runs a statement that changes or deletes one row: whether it was there.
    pub(super) fn take(&self, sql: impl Listed, values: &[Bind<'_>]) -> Result<bool> {
        self.write_run(sql, values).map(|(changes, _)| changes > 0)
    }

    /// Whether a statement has a row.
    pub(super) fn finds(&self, sql: impl Listed, values: &[Bind<'_>]) -> Result<bool> {
        self.first(sql, values, |_| ()).map(|row| row.is_some())
    }
}
