//! What is in a database file: whether it is sound, whose schema it has, how many rows.

use std::path::Path;

use rusqlite::{Connection, OptionalExtension};
use serde::{Deserialize, Serialize};

use super::error::{context, is_unreadable, refused};
use crate::engine::sqlite::schema::{Access, State, missing, status};
use crate::error::Result;

/// Rows per table.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Worktrees.
    pub worktrees: i64,
    /// Zones.
    pub zones: i64,
    /// Assignments of worktrees to zones.
    pub assignments: i64,
    /// Recorded executions.
    pub executions: i64,
}

impl std::fmt::Display for Counts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { worktrees, zones, assignments, executions } = self;
        write!(f, "{worktrees} worktrees, {zones} zones, {assignments} assignments and {executions} executions")
    }
}

/// The version of the schema; 0 is a file of the JavaScript layer, which has none. Refuses foreign ones, and newer
/// ones that this package can't read.
pub fn schema_version(connection: &Connection, path: &Path) -> Result<u32> {
    let found = status(connection).map_err(|error| context(error, "cannot read", path))?;
    match found.state {
        State::Current
        | State::Older
        | State::Pinned
        | State::JavascriptLayer
        | State::Newer(Access::Write | Access::Read) => Ok(found.version as u32),
        State::Newer(Access::Refused) => Err(refused(
            "ERR_BACKUP_NEWER",
            path,
            format!(
                "its schema has version {}, this package knows versions up to {}: use a newer package",
                found.version, found.latest
            ),
        )),
        State::Empty => Err(refused("ERR_BACKUP_SCHEMA", path, "a database without tables")),
        State::Different | State::Foreign => Err(refused(
            "ERR_BACKUP_SCHEMA",
            path,
            format!("not a database of this package: {}", found.reasons.join("; ")),
        )),
    }
}

/// Refuses a file that lacks tables or columns of its version: only its header has said so far what it is.
pub fn has_schema(connection: &Connection, path: &Path, version: u32) -> Result<()> {
    let missing = missing(connection, version)?;
    if missing.is_empty() {
        return Ok(());
    }
    Err(refused("ERR_BACKUP_SCHEMA", path, format!("not a database of this package: {}", missing.join("; "))))
}

/// Counts the rows; executions are those of the board and, where the file has one, of the archive.
pub fn counts(connection: &Connection) -> Result<Counts> {
    let count = |table: &str| -> rusqlite::Result<i64> {
        connection.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get(0))
    };
    let has_archive = connection.table_exists(Some("main"), "archived_executions")?;
    let archived = if has_archive { count("archived_executions")? } else { 0 };
    Ok(Counts {
        worktrees: count("worktrees")?,
        zones: count("zones")?,
        assignments: count("worktree_zones")?,
        executions: count("zone_executions")? + archived,
    })
}

/// What is wrong with the file, in SQLite's words.
pub enum Damage {
    /// Pages or indexes are not what they have to be.
    Pages(String),
    /// Rows refer to rows that don't exist.
    References(String),
}

impl Damage {
    /// In words.
    pub fn text(self) -> String {
        match self {
            Self::Pages(text) | Self::References(text) => text,
        }
    }
}

/// Checks every page, index and foreign key.
pub fn damage(connection: &Connection) -> Result<Option<Damage>> {
    match find_damage(connection) {
        Err(error) if is_unreadable(&error) => Ok(Some(Damage::Pages(error.message().into()))),
        found => found,
    }
}

fn find_damage(connection: &Connection) -> Result<Option<Damage>> {
    let found: Vec<String> = connection
        .prepare("PRAGMA integrity_check(3)")?
        .query_map([], |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    if found != ["ok"] {
        return Ok(Some(Damage::Pages(found.join("; "))));
    }
    let orphan = connection
        .query_row("SELECT \"table\", parent FROM pragma_foreign_key_check LIMIT 1", [], |row| {
            let (table, parent): (String, String) = (row.get(0)?, row.get(1)?);
            Ok(format!("a row of {table} refers to a row of {parent} that does not exist"))
        })
        .optional()?;
    Ok(orphan.map(Damage::References))
}
