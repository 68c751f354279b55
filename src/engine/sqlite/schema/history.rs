//! The table `schema_migrations`: what was done to the file, and what was undone on purpose.

use rusqlite::{Connection, OptionalExtension, params};

use super::migrations::{HISTORY, Migration};
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
pub fn made_anew(connection: &Connection, migration: &Migration) -> Result<()> {
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

/// Makes the table where it is missing, and what it lacked before versions said who may read and write them.
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

fn has_bounds(connection: &Connection) -> Result<bool> {
    Ok(connection.column_exists(Some("main"), TABLE, "min_writer")?)
}

fn exists(connection: &Connection) -> Result<bool> {
    const SQL: &str = "SELECT 1 FROM main.sqlite_schema WHERE type = 'table' AND name = ?1";
    Ok(connection.query_row(SQL, [TABLE], |_| Ok(())).optional()?.is_some())
}
