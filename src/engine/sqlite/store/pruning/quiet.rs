//! No trigger runs for what a call prunes: nothing on the board changes, and neither do the counts.

use rusqlite::config::DbConfig;

use crate::engine::sqlite::driver::Connection;
use crate::error::Result;

/// How many statements are kept compiled: all that a step takes.
const STATEMENTS: usize = 64;

/// Triggers are off as long as this lives. That is for a whole call, since SQLite recompiles every statement of the connection
/// after each change of the setting: in each step of 2 ms that was more than half of what pruning took.
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
        // It fails only on a closed connection.
        let _ = self.set(true);
    }
}
