//! What a file is, told from its header and its tables.

use rusqlite::Connection;

use super::history::Access;
use super::migrations::{JAVASCRIPT_LAYER, LATEST};
use super::{APPLICATION_ID, history, shape};
use crate::error::Result;

/// What a file is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// Nothing in it.
    Empty,
    /// This package's, at a version that it knows.
    Ours {
        /// 0 where everything was rolled back.
        version: u32,
        /// A copy made as SQL text has the tables but not the header.
        stamped: bool,
    },
    /// This package's, of a later version, and what may be done with it.
    Newer(i64, Access),
    /// The JavaScript layer's.
    JavaScriptLayer,
    /// Tables of these names, but not the JavaScript layer's: what differs.
    Different(Vec<String>),
    /// Somebody else's: why.
    Foreign(String),
}

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

/// Looks at a file without changing it.
pub fn inspect(connection: &Connection) -> Result<Found> {
    in_snapshot(connection, || look(connection))
}

fn look(connection: &Connection) -> Result<Found> {
    match header(connection)? {
        (APPLICATION_ID, version @ 0..) if version <= LATEST.into() => {
            Ok(Found::Ours { version: version as u32, stamped: true })
        }
        (APPLICATION_ID, version) => Ok(Found::Newer(version, history::access(connection, version)?)),
        (0, 0) => unstamped(connection),
        (0, version) => Ok(Found::Foreign(format!(
            "another program keeps a version in it (PRAGMA user_version is {version}); \
             if it is the JavaScript layer's file all the same, set that to 0 and open it again"
        ))),
        (id, _) => Ok(Found::Foreign(format!(
            "it belongs to another program (PRAGMA application_id is {id:#010x}, this package's is {APPLICATION_ID:#010x})"
        ))),
    }
}

fn unstamped(connection: &Connection) -> Result<Found> {
    let tables = shape::tables(connection)?;
    if tables.is_empty() {
        return Ok(Found::Empty);
    }
    let expected = shape::of_version(JAVASCRIPT_LAYER)?;
    if !expected.keys().any(|table| tables.contains(table)) {
        return Ok(Found::Foreign(format!(
            "it holds other tables ({}) and none of {}",
            tables.join(", "),
            expected.keys().map(String::as_str).collect::<Vec<_>>().join(", ")
        )));
    }
    let mut differences = shape::differences(connection, &expected)?;
    if tables.iter().any(|table| table == history::TABLE) {
        differences.extend(shape::differences(connection, &history::shape(connection)?)?);
        if differences.is_empty() {
            return from_history(connection);
        }
    }
    Ok(if differences.is_empty() { Found::JavaScriptLayer } else { Found::Different(differences) })
}

fn from_history(connection: &Connection) -> Result<Found> {
    let version = history::version(connection)?;
    Ok(if version > LATEST {
        Found::Newer(version.into(), Access::Refused)
    } else {
        Found::Ours { version, stamped: false }
    })
}
