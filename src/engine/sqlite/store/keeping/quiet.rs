//! No trigger hears of what a call prunes: nothing of the board is another, and nothing counts otherwise.

use rusqlite::config::DbConfig;

use crate::engine::sqlite::driver::Connection;
use crate::error::Result;

/// So many statements are kept compiled: all that a step takes.
const STATEMENTS: usize = 64;

/// For as long as it is there triggers are off. For a whole call, since SQLite compiles every statement of the connection anew after each
/// change of it: in each step of 2 ms that was more than half of what pruning took.
pub(super) struct Quiet<'a>(&'a Connection);

impl<'a> Quiet<'a> {
    pub fn begin(connection: &'a Connection) -> Result<Self> {
        let quiet = Self(connection);
        quiet.set(false)?;
        connection.with(|inner| {
            inner.set_prepared_statement_cache_capacity(STATEMENTS);
            Ok(())
        })?;
        Ok(quiet)
    }

    fn set(&self, on: bool) -> Result<()> {
        self.0.with(|inner| Ok(inner.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_TRIGGER, on).map(drop)?))
    }
}

impl Drop for Quiet<'_> {
    fn drop(&mut self) {
        // It fails on a connection that is closed only.
        let _ = self.set(true);
    }
}
