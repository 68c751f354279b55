//! Before a write: whether the files are still the ones that the connection has open.

use rusqlite::ffi;

use super::connection::Connection;
use super::error::failed;
use super::vfs::of_connection;
use crate::error::Result;

impl Connection {
    /// Refuses, outside a transaction, where the file, its WAL or the WAL's index is no longer there under its name.
    ///
    /// # Errors
    /// `SQLITE_READONLY_DBMOVED`, a `TypeError` once it is closed.
    pub fn check_same_file(&self) -> Result<()> {
        let raw = self.raw()?;
        // SAFETY: the handle is open.
        if self.in_transaction() || !unsafe { self.files.has_changed(raw, of_connection::wal(raw)) } {
            return Ok(());
        }
        let message =
            "the database file, its -wal or its -shm was moved, deleted or replaced while it was open: open it again";
        Err(failed(ffi::SQLITE_READONLY_DBMOVED, message))
    }
}
