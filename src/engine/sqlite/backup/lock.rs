//! A lock between processes that a killed one can't leave behind: SQLite's own lock on a small file.

use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, ErrorCode};

use super::copy::open_to_write;
use super::error::context;
use super::files::create_private;
use crate::error::Result;

/// Takes the lock, waiting at most so long; `None` where somebody else holds it. Closing the connection gives it back.
pub fn take(path: &Path, wait: Duration) -> Result<Option<Connection>> {
    if !path.exists()
        && let Err(error) = create_private(path)
        && !path.exists()
    {
        return Err(error);
    }
    let lock = open_to_write(path)?;
    lock.busy_timeout(wait)?;
    // Exclusive mode keeps the lock over a commit, too.
    match lock.execute_batch("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE") {
        Ok(()) => Ok(Some(lock)),
        Err(rusqlite::Error::SqliteFailure(failure, _)) if failure.code == ErrorCode::DatabaseBusy => Ok(None),
        Err(error) => Err(context(error, "cannot lock", path)),
    }
}
