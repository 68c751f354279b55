//! Adopting a file that the JavaScript layer made. It has no header of ours, so it is recognised by its tables, which have to
//! be that layer's to the last column. From then on it is a file of version 0 that is migrated as any other (`migrate.rs`):
//! the first migration makes only what isn't there, and the header is written with the last.

use rusqlite::Connection;

use super::found::Found;
use super::history::Access;
use super::migrations::{JAVASCRIPT_LAYER, LATEST};
use super::{history, shape};
use crate::error::Result;

/// What a file without a header of ours is, told from its tables.
pub fn recognised(connection: &Connection) -> Result<Found> {
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
