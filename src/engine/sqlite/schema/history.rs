//! The table `schema_migrations`: what was done to the file, what was undone on purpose, and which versions may use it so.

use rusqlite::{Connection, OptionalExtension, params};

use super::migrations::{HISTORY, LATEST, Migration};
use super::shape::{self, Shape};
use crate::error::Result;
use crate::model::time;

/// Its name.
pub const TABLE: &str = "schema_migrations";

/// A migration as the file remembers it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The version that it led to.
    pub version: u32,
    /// Its name then.
    pub name: String,
    /// The checksum of its text then.
    pub sha256: String,
    /// When: ISO 8601, UTC.
    pub applied_at: String,
    /// By which version of the package.
    pub package_version: String,
    /// When it was undone; `None` where it is in force.
    pub rolled_back_at: Option<String>,
    /// The lowest version whose code may read the file with this step; `None` is the step's own.
    pub min_reader: Option<u32>,
    /// The lowest version whose code may write it; `None` is the step's own.
    pub min_writer: Option<u32>,
}

/// Everything that the file remembers, by version; nothing where it has no such table.
pub fn read(connection: &Connection) -> Result<Vec<Entry>> {
    if !exists(connection)? {
        return Ok(Vec::new());
    }
    let bounds = if has_bounds(connection)? { "min_reader, min_writer" } else { "NULL, NULL" };
    let mut statement = connection.prepare(&format!(
        "SELECT version, name, sha256, applied_at, package_version, rolled_back_at, {bounds} \
         FROM main.schema_migrations ORDER BY version",
    ))?;
    let entries = statement.query_map([], |row| {
        Ok(Entry {
            version: row.get(0)?,
            name: row.get(1)?,
            sha256: row.get(2)?,
            applied_at: row.get(3)?,
            package_version: row.get(4)?,
            rolled_back_at: row.get(5)?,
            min_reader: row.get(6)?,
            min_writer: row.get(7)?,
        })
    })?;
    Ok(entries.collect::<rusqlite::Result<_>>()?)
}

/// The version that the entries amount to.
pub fn version(connection: &Connection) -> Result<u32> {
    let entries = read(connection)?;
    Ok(entries.iter().filter(|entry| entry.rolled_back_at.is_none()).map(|entry| entry.version).max().unwrap_or(0))
}

/// What this package may do with a file of a later version than it knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Work with it as with one of its own latest version.
    Write,
    /// Only read it.
    Read,
    /// Nothing.
    Refused,
}

/// What this package may do with a file of this later version, as the steps that led there say.
pub fn access(connection: &Connection, version: i64) -> Result<Access> {
    let mut entries = read(connection)?;
    entries.retain(|entry| entry.rolled_back_at.is_none());
    // A step that the history lacks has said nothing.
    let is_known = |step: i64| entries.iter().any(|entry| i64::from(entry.version) == step);
    let is_later = (i64::from(LATEST) + 1..=i64::from(u16::MAX)).contains(&version);
    if !is_later || !(i64::from(LATEST) + 1..=version).all(is_known) {
        return Ok(Access::Refused);
    }
    let most = |bound: fn(&Entry) -> Option<u32>| {
        entries.iter().map(|entry| bound(entry).unwrap_or(entry.version)).max().unwrap_or(u32::MAX)
    };
    Ok(if most(|entry| entry.min_reader) > LATEST {
        Access::Refused
    } else if most(|entry| entry.min_writer) > LATEST {
        Access::Read
    } else {
        Access::Write
    })
}

/// Whether the step after this version was undone on purpose.
pub fn is_pinned(connection: &Connection, version: u32) -> Result<bool> {
    Ok(read(connection)?.iter().any(|entry| entry.version == version + 1 && entry.rolled_back_at.is_some()))
}

/// Remembers that a migration was applied.
pub fn applied(connection: &Connection, migration: &Migration, package_version: &str) -> Result<()> {
    let Migration { version, name, min_reader, min_writer, .. } = migration;
    connection.execute(
        "INSERT OR REPLACE INTO main.schema_migrations \
         (version, name, sha256, applied_at, package_version, min_reader, min_writer) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        params![version, name, migration.sha256(), time::iso_now(), package_version, min_reader, min_writer],
    )?;
    Ok(())
}

/// Remembers that what a migration makes is now as this text has it.
pub fn recreated(connection: &Connection, migration: &Migration) -> Result<()> {
    if !exists(connection)? {
        return Ok(());
    }
    create(connection)?;
    let Migration { version, name, min_reader, min_writer, .. } = migration;
    connection.execute(
        "UPDATE main.schema_migrations SET name = ?2, sha256 = ?3, min_reader = ?4, min_writer = ?5 WHERE version = ?1",
        params![version, name, migration.sha256(), min_reader, min_writer],
    )?;
    Ok(())
}

/// Remembers that a migration was undone.
pub fn rolled_back(connection: &Connection, migration: &Migration) -> Result<()> {
    connection.execute(
        "UPDATE main.schema_migrations SET rolled_back_at = ?2 WHERE version = ?1",
        params![migration.version, time::iso_now()],
    )?;
    Ok(())
}

/// Makes the table where it is missing, and the columns that it lacked before versions said who may read and write them.
pub fn create(connection: &Connection) -> Result<()> {
    connection.execute_batch(HISTORY)?;
    if !has_bounds(connection)? {
        connection.execute_batch(
            "ALTER TABLE main.schema_migrations ADD COLUMN min_reader INTEGER; \
             ALTER TABLE main.schema_migrations ADD COLUMN min_writer INTEGER",
        )?;
    }
    Ok(())
}

/// What the table has to look like in this file: one that was made before versions said who may use them lacks those columns.
pub fn shape(connection: &Connection) -> Result<Shape> {
    if !exists(connection)? || has_bounds(connection)? {
        return shape::of_sql(HISTORY);
    }
    let without = ["min_reader", "min_writer"].map(|bound| format!("; ALTER TABLE {TABLE} DROP COLUMN {bound}"));
    shape::of_sql(&format!("{HISTORY}{}", without.concat()))
}

fn has_bounds(connection: &Connection) -> Result<bool> {
    Ok(connection.column_exists(Some("main"), TABLE, "min_writer")?)
}

fn exists(connection: &Connection) -> Result<bool> {
    const SQL: &str = "SELECT 1 FROM main.sqlite_schema WHERE type = 'table' AND name = ?1";
    Ok(connection.query_row(SQL, [TABLE], |_| Ok(())).optional()?.is_some())
}
