//! Looking after a file's schema without opening it as a board: for the command line and the migration script.

use std::path::Path;
use std::time::Duration;

use rusqlite::Connection;
use rusqlite::ffi::{SQLITE_OPEN_READONLY, SQLITE_OPEN_READWRITE};

use crate::engine::sqlite::driver::open::raw;
use crate::engine::sqlite::open::{before_migration, explained, unneeded};
use crate::engine::sqlite::schema::counts::{self, Drift};
use crate::engine::sqlite::schema::{self, Backup, Prepare, Report, Status};
use crate::error::{Error, Result};

/// The status of a file's schema. Nothing is written.
///
/// # Errors
/// `ERR_DATABASE_MISSING`; SQLite's error.
pub fn status(path: &Path) -> Result<Status> {
    schema::status(&open(path, SQLITE_OPEN_READONLY)?)
}

/// What is wrong with a file's schema and counts, a sentence each. Nothing is written.
///
/// # Errors
/// As [`status`].
pub fn verify(path: &Path) -> Result<Vec<String>> {
    schema::verify(&open(path, SQLITE_OPEN_READONLY)?)
}

/// Migrates up, to the latest version unless told otherwise, after a verified backup.
///
/// # Errors
/// As [`status`]; a `RangeError` for a version that makes no sense; what forbids the migration.
pub fn up(path: &Path, to: Option<u32>, package_version: &str) -> Result<Report> {
    migrating(path, package_version, |connection, options| schema::up(connection, options, to))
}

/// Migrates down, after a verified backup. Opening leaves the file at that version, until [`up`].
///
/// # Errors
/// As [`up`].
pub fn down(path: &Path, to: u32, package_version: &str) -> Result<Report> {
    migrating(path, package_version, |connection, options| schema::down(connection, options, to))
}

/// Compares the counts of executions with the executions. Nothing is written.
///
/// # Errors
/// As [`status`].
pub fn check_counts(path: &Path) -> Result<Vec<Drift>> {
    counts::check(&open(path, SQLITE_OPEN_READONLY)?)
}

/// Counts the executions again.
///
/// # Errors
/// As [`status`]; `ERR_SCHEMA_NEWER`.
pub fn rebuild_counts(path: &Path) -> Result<()> {
    let connection = open(path, SQLITE_OPEN_READWRITE)?;
    schema::refuse_later(&connection, path)?;
    counts::rebuild(&connection)
}

fn migrating(
    path: &Path,
    package_version: &str,
    migrate: impl FnOnce(&Connection, &Prepare) -> Result<Report>,
) -> Result<Report> {
    let connection = open(path, SQLITE_OPEN_READWRITE)?;
    let backup = Backup { make: &|_, label| before_migration(path, label), discard: &unneeded };
    migrate(&connection, &Prepare { path: Some(path), package_version, backup: Some(backup), ..Prepare::default() })
}

fn open(path: &Path, flags: i32) -> Result<Connection> {
    if !path.exists() {
        return Err(Error::Coded {
            code: "ERR_DATABASE_MISSING",
            message: format!("{}: there is no such database", path.display()),
        });
    }
    connect(path, flags).map_err(|error| explained(path, error))
}

fn connect(path: &Path, flags: i32) -> Result<Connection> {
    let connection = raw(path, flags, None)?;
    connection.busy_timeout(Duration::from_secs(5))?;
    connection.execute_batch("PRAGMA foreign_keys = ON; PRAGMA recursive_triggers = ON")?;
    // The first read of the file: whether it is a database at all.
    connection.query_row("PRAGMA schema_version", [], |_| Ok(()))?;
    Ok(connection)
}
