//! Waiting for the file, however long another process takes to migrate it.

use std::thread::sleep;
use std::time::{Duration, Instant};

use rusqlite::{Connection, ErrorCode, Transaction, TransactionBehavior, TransactionState, ffi};

use super::Prepare;
use crate::error::{Error, Result};

/// How long to wait before the file is tried again, beyond what the connection's own timeout does.
const PAUSE: Duration = Duration::from_millis(20);

/// Runs `attempt` until the file is free. The connection's own timeout is for others' writes; a migration, with the
/// backup and the checks that belong to it, takes the longer the larger the file is.
pub fn patiently<T>(options: &Prepare, mut attempt: impl FnMut() -> Result<T>) -> Result<T> {
    let start = Instant::now();
    loop {
        match attempt() {
            Err(error @ Error::Engine { number, .. }) if is_busy(number) => {
                if start.elapsed() >= options.patience {
                    let (file, seconds) = (options.name(), start.elapsed().as_secs());
                    let message = format!("database is locked: another process has held {file} for {seconds} seconds");
                    return Err(error.with_message(message));
                }
                sleep(PAUSE);
            }
            other => return other,
        }
    }
}

/// Takes the write lock.
pub fn begin<'a>(connection: &'a Connection, options: &Prepare) -> Result<Transaction<'a>> {
    patiently(options, || match begin_new(connection)? {
        Some(transaction) => Ok(transaction),
        None => Ok(Transaction::new_unchecked(connection, TransactionBehavior::Immediate)?),
    })
}

/// Takes the write lock of a file without a page, and sets `auto_vacuum`, so that free pages can be given back to the
/// system. That can be set only before the first page is written, and `BEGIN IMMEDIATE` writes it.
fn begin_new(connection: &Connection) -> Result<Option<Transaction<'_>>> {
    let pages: i64 = connection.query_row("PRAGMA main.page_count", [], |row| row.get(0))?;
    if pages > 0 || connection.path().is_none_or(str::is_empty) {
        return Ok(None);
    }
    let transaction = Transaction::new_unchecked(connection, TransactionBehavior::Deferred)?;
    transaction.pragma_update(Some("main"), "auto_vacuum", "INCREMENTAL")?;
    // Another process may have written the first page meanwhile, and then this has taken no lock.
    let is_writing = transaction.transaction_state(Some("main"))? == TransactionState::Write;
    Ok(is_writing.then_some(transaction))
}

/// Commits. In a rollback journal readers can stand in the way, so this waits as well.
pub fn commit(transaction: &Transaction<'_>, options: &Prepare) -> Result<()> {
    patiently(options, || Ok(transaction.execute_batch("COMMIT")?))
}

fn is_busy(code: i32) -> bool {
    let code = ffi::Error::new(code).code;
    // Protocol: many processes open a WAL at once, and SQLite gave up settling who recovers it.
    matches!(code, ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked | ErrorCode::FileLockingProtocolFailed)
}
