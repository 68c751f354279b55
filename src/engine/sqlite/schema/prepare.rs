//! What every open goes through, right after the file was opened and before anything is written to it.

use rusqlite::Connection;
use rusqlite::config::DbConfig;

use super::found::Found;
use super::history::Access;
use super::inspect::{header, in_snapshot, inspect};
use super::lock::patiently;
use super::migrations::{JAVASCRIPT_LAYER, LATEST};
use super::refusal::{older, refusal};
use super::{APPLICATION_ID, Prepare, Report, history, migrate};
use crate::error::Result;

/// Sees to it that the file is one that the code can work with, migrating it where it is older. One of a later version is
/// left as it is, and used where that version says that it may be.
///
/// Call it before the journal mode is changed: a file that is refused is left as it was, byte for byte.
///
/// # Errors
/// `ERR_SCHEMA_NEWER`, `ERR_SCHEMA_OLDER`, `ERR_SCHEMA_DIFFERENT`, `ERR_SCHEMA_FOREIGN`, each saying what to do;
/// SQLite's error; what the backup came to.
pub fn prepare(connection: &Connection, options: &Prepare) -> Result<Report> {
    let refused = match patiently(options, || header(connection)) {
        Ok((APPLICATION_ID, version)) if version == i64::from(LATEST) => {
            return Ok(Report { from: LATEST, version: LATEST, ..Report::default() });
        }
        Ok(_) => match slowly(connection, options) {
            Ok(report) => return Ok(report),
            Err(error) => error,
        },
        Err(error) => error,
    };
    // Closing would write what a crash left in the WAL into a file that isn't ours to touch.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
    Err(refused)
}

fn slowly(connection: &Connection, options: &Prepare) -> Result<Report> {
    let (found, pinned) = patiently(options, || in_snapshot(connection, || look(connection)))?;
    let version = match found {
        Found::Ours { version, .. } => version,
        Found::Empty | Found::JavaScriptLayer => 0,
        // What this package knows of it is as it is in its own latest version.
        Found::Newer(_, access) if access == Access::Write || access == Access::Read && options.readonly => {
            return Ok(Report { from: LATEST, version: LATEST, newer: true, ..Report::default() });
        }
        other => return Err(refusal(options, &other)),
    };
    if options.readonly {
        return readable(options, &found, version);
    }
    let stamped = matches!(found, Found::Ours { stamped: true, .. });
    if pinned && version > 0 || stamped && version == LATEST {
        return Ok(Report { from: version, version, pinned, ..Report::default() });
    }
    if pinned || !options.migrate {
        return Err(older(options, &found, version));
    }
    migrate::on_open(connection, options)
}

/// What the file is, and whether it was left at its version on purpose.
fn look(connection: &Connection) -> Result<(Found, bool)> {
    let found = inspect(connection)?;
    let pinned = match found {
        Found::Ours { version, stamped: true } => history::is_pinned(connection, version)?,
        _ => false,
    };
    Ok((found, pinned))
}

/// An older file can be read as it is.
fn readable(options: &Prepare, found: &Found, version: u32) -> Result<Report> {
    let version = if *found == Found::JavaScriptLayer { JAVASCRIPT_LAYER } else { version };
    if version == 0 {
        return Err(options.error("ERR_SCHEMA_OLDER", "it has no tables yet, so there is nothing to read"));
    }
    Ok(Report { from: version, version, ..Report::default() })
}
