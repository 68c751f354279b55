//! What a file is, told from its header; one without ours is told from its tables (`adopt.rs`).

use rusqlite::Connection;

use super::found::Found;
use super::migrations::LATEST;
use super::{APPLICATION_ID, adopt, history};
use crate::error::Result;

/// Reads several things of one state of the file: another process may be migrating it.
pub fn in_snapshot<T>(connection: &Connection, read: impl FnOnce() -> Result<T>) -> Result<T> {
    let transaction = connection.is_autocommit().then(|| connection.unchecked_transaction()).transpose()?;
    let value = read()?;
    if let Some(transaction) = transaction {
        transaction.commit()?;
    }
    Ok(value)
}

/// `application_id` and `user_version`: all that an open of a current file reads.
pub fn header(connection: &Connection) -> Result<(i32, i64)> {
    in_snapshot(connection, || {
        let id = connection.query_row("PRAGMA main.application_id", [], |row| row.get(0))?;
        let version = connection.query_row("PRAGMA main.user_version", [], |row| row.get(0))?;
        Ok((id, version))
    })
}

/// What a file is. Nothing is changed.
pub fn inspect(connection: &Connection) -> Result<Found> {
    in_snapshot(connection, || look(connection))
}

fn look(connection: &Connection) -> Result<Found> {
    match header(connection)? {
        (APPLICATION_ID, version @ 0..) if version <= LATEST.into() => {
            Ok(Found::Ours { version: version as u32, stamped: true })
        }
        (APPLICATION_ID, version) => Ok(Found::Newer(version, history::access(connection, version)?)),
        (0, 0) => adopt::recognised(connection),
        (0, version) => Ok(Found::Foreign(format!(
            "another program keeps a version in it (PRAGMA user_version is {version}); \
             if it is the JavaScript layer's file all the same, set that to 0 and open it again"
        ))),
        (id, _) => Ok(Found::Foreign(format!(
            "it belongs to another program (PRAGMA application_id is {id:#010x}, this package's is {APPLICATION_ID:#010x})"
        ))),
    }
}
