//! Running the statements of runs, which are compiled when first used and kept.

use std::rc::Rc;

use super::sql::Sql;
use crate::engine::sqlite::driver::{Bind, Statement};
use crate::engine::sqlite::store::Store;
use crate::error::Result;

/// How long a text is, in bytes, that is not kept.
const LARGE: usize = 4096;

impl Store {
    pub(super) fn run_statement(&self, sql: Sql) -> Result<&Rc<Statement>> {
        let cell = self.runs.cell(sql);
        if let Some(statement) = cell.get() {
            return Ok(statement);
        }
        let statement = Rc::new(Statement::prepare(&self.connection, &sql.sql(), true)?);
        Ok(cell.get_or_init(|| statement))
    }

    /// Binds values, runs `steps`, and leaves the statement as it was before.
    fn bound<T>(&self, sql: Sql, values: &[Bind<'_>], steps: impl FnOnce(&Statement) -> Result<T>) -> Result<T> {
        let statement = self.run_statement(sql)?;
        let done = statement.bind_all(values.iter().copied()).and_then(|()| steps(statement));
        statement.reset();
        // Large values are not to stay in memory until the next call. Only those: SQLite may compile a statement anew whose
        // values it has to forget, since it chose a plan by them.
        if values.iter().any(|value| matches!(value, Bind::Text(text) if text.len() > LARGE)) {
            statement.clear_bindings();
        }
        done
    }

    /// What `read` makes of the first row, if there is one.
    pub(super) fn first<T>(
        &self,
        sql: Sql,
        values: &[Bind<'_>],
        read: impl FnOnce(&Statement) -> T,
    ) -> Result<Option<T>> {
        self.bound(sql, values, |statement| Ok(statement.step()?.then(|| read(statement))))
    }

    /// Reads every row, until `read` says `false`.
    pub(super) fn each_row(
        &self,
        sql: Sql,
        values: &[Bind<'_>],
        mut read: impl FnMut(&Statement) -> Result<bool>,
    ) -> Result<()> {
        self.bound(sql, values, |statement| {
            while statement.step()? && read(statement)? {}
            Ok(())
        })
    }

    /// Runs a statement that writes: how many rows it changed, and the latest rowid.
    pub(super) fn write_run(&self, sql: Sql, values: &[Bind<'_>]) -> Result<(i32, i64)> {
        self.bound(sql, values, |statement| {
            let changes = statement.run()?;
            Ok((changes.changes, changes.last_insert_rowid))
        })
    }

    /// Runs a statement that deletes one row and returns it: whether it was there.
    pub(super) fn take(&self, sql: Sql, values: &[Bind<'_>]) -> Result<bool> {
        // All changes are made before the row is returned.
        self.first(sql, values, |_| ()).map(|row| row.is_some())
    }
}
