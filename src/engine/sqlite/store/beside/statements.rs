//! Running the statements, which are compiled when first used and kept.

use super::sql::Sql;
use crate::engine::sqlite::driver::{Bind, Statement};
use crate::engine::sqlite::store::Store;
use crate::error::{Error, Result};

impl Store {
    /// What `read` makes of the first row of a statement, if there is one.
    pub(super) fn beside<T>(
        &self,
        sql: Sql,
        values: &[Bind<'_>],
        read: impl FnOnce(&Statement) -> T,
    ) -> Result<Option<T>> {
        let statement = self.beside.get(&self.connection, sql as usize, || sql.sql())?;
        statement.with_bound(values, |row| Ok(row.step()?.then(|| read(row))))
    }

    /// Reads every row of a statement.
    pub(super) fn each_beside(&self, sql: Sql, values: &[Bind<'_>], mut read: impl FnMut(&Statement)) -> Result<()> {
        let statement = self.beside.get(&self.connection, sql as usize, || sql.sql())?;
        statement.with_bound(values, |row| {
            while row.step()? {
                read(row);
            }
            Ok(())
        })
    }

    /// Runs a statement that writes.
    pub(super) fn write_beside(&self, sql: Sql, values: &[Bind<'_>]) -> Result<()> {
        let statement = self.beside.get(&self.connection, sql as usize, || sql.sql())?;
        statement.with_bound(values, |statement| statement.run().map(drop))
    }

    /// Refuses to write what a file that was left at an older version has no tables for.
    pub(super) fn check_beside(&self) -> Result<()> {
        self.connection.check_idle()?;
        if self.version >= super::VERSION {
            return Ok(());
        }
        let message = format!(
            "the database is kept at version {} of the schema, metadata and limits come with version {}: \
             visual-db migrate up",
            self.version,
            super::VERSION
        );
        Err(Error::Coded { code: "ERR_SCHEMA_OLDER", message })
    }
}
