//! A lock between processes that a killed one can't leave behind: SQLite's own lock on a small file.

use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, ErrorCode};

use super::copy::open_to_write;
use super::error::context;
use super::files::create_private;
use crate::error::Result;

/// Takes the lock, waiting for `wait` at most; `None` where somebody else holds it. Closing the connection releases it.
pub fn take(path: &Path, wait: Duration) -> Result<Option<Connection>> {
    if !path.exists()
        && let Err(error) = create_private(path)
        && !path.exists()
    {
        return Err(error);
    }
    let lock = open_to_write(path)?;
    lock.busy_timeout(wait)?;
    // Exclusive mode keeps the lock over a commit, too. Only once it is taken: in that mode a connection that waits keeps
    // its shared lock, and two that begin at once would wait for each other.
    match lock.execute_batch("BEGIN EXCLUSIVE; PRAGMA locking_mode = EXCLUSIVE") {
        Ok(()) => Ok(Some(lock)),
        Err(rusqlite::Error::SqliteFailure(failure, _)) if failure.code == ErrorCode::DatabaseBusy => Ok(None),
        Err(error) => Err(context(error, "cannot lock", path)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_folder::Folder;

    #[test]
    fn many_who_take_it_at_once_all_get_it() {
        let folder = Folder::new();
        let path = folder.join("lock");
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    for _ in 0..40 {
                        let lock = take(&path, Duration::from_secs(5)).expect("a lock or none");
                        assert!(lock.is_some(), "waited in vain for a lock that nobody keeps");
                    }
                });
            }
        });
    }
}
