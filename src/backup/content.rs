//! What is in a database file: whether it is sound, whose schema it has, how many rows.

use std::path::Path;

use rusqlite::Connection;
use serde::{Deserialize, Serialize};

use super::error::{context, is_unreadable, refused};
use crate::error::Result;

/// `application_id` of the files of this package (`VDB1`).
const APPLICATION_ID: u32 = 0x5644_4231;
/// The newest version that this code knows.
const LATEST: u32 = 3;

/// The four tables, each with the columns that every version of the schema has.
const TABLES: [(&str, &str); 4] = [
    ("worktrees", "id,path,port,branch_name,issue_url,task_id,status,position_x,position_y,created_at,updated_at"),
    (
        "zones",
        "id,name,description,trigger,agents,prompt_template,actions,position_x,position_y,size_width,size_height,\
         created_at,updated_at",
    ),
    ("worktree_zones", "worktree_id,zone_id,assigned_at"),
    ("zone_executions", "id,zone_id,worktree_id,agent_type,prompt,result,success,executed_at"),
];

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

/// Reads the version of the schema; 0 is a file of the JavaScript layer, which has none. Refuses foreign and newer ones.
pub fn schema_version(connection: &Connection, path: &Path) -> Result<u32> {
    let pragma = |name: &str| {
        connection
            .pragma_query_value(None, name, |row| row.get::<_, u32>(0))
            .map_err(|error| context(error, "cannot read", path))
    };
    let (application, version) = (pragma("application_id")?, pragma("user_version")?);
    if application != 0 && application != APPLICATION_ID {
        return Err(refused(
            "ERR_BACKUP_SCHEMA",
            path,
            format!("this is the database of another program (application id 0x{application:08x})"),
        ));
    }
    let version = if application == APPLICATION_ID { version } else { 0 };
    if version > LATEST {
        return Err(refused(
            "ERR_BACKUP_NEWER",
            path,
            format!(
                "its schema has version {version}, this package knows versions up to {LATEST}: use a newer package"
            ),
        ));
    }
    let different: Vec<_> = TABLES
        .iter()
        .filter(|(table, columns)| columns_of(connection, table).as_deref() != Some(columns))
        .map(|(table, _)| *table)
        .collect();
    if different.is_empty() {
        return Ok(version);
    }
    Err(refused(
        "ERR_BACKUP_SCHEMA",
        path,
        format!("not a database of this package: missing, or with other columns: {}", different.join(", ")),
    ))
}

fn columns_of(connection: &Connection, table: &str) -> Option<String> {
    connection
        .query_row("SELECT group_concat(name) FROM pragma_table_info(?)", [table], |row| row.get(0))
        .ok()
        .flatten()
}

/// Counts the rows.
pub fn counts(connection: &Connection) -> Result<Counts> {
    let count = |table: &str| connection.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get(0));
    Ok(Counts {
        worktrees: count("worktrees")?,
        zones: count("zones")?,
        assignments: count("worktree_zones")?,
        executions: count("zone_executions")?,
    })
}

/// What is wrong with the file, in SQLite's words: damaged pages or indexes, rows that point nowhere.
pub fn damage(connection: &Connection) -> Result<Option<String>> {
    match find_damage(connection) {
        Err(error) if is_unreadable(&error) => Ok(Some(error.message().into())),
        found => found,
    }
}

fn find_damage(connection: &Connection) -> Result<Option<String>> {
    let found: Vec<String> = connection
        .prepare("PRAGMA integrity_check(3)")?
        .query_map([], |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    if found != ["ok"] {
        return Ok(Some(found.join("; ")));
    }
    let orphan = connection.prepare("PRAGMA foreign_key_check")?.query_row([], |row| {
        Ok(format!(
            "a row of {} points to a row of {} that does not exist",
            row.get::<_, String>(0)?,
            row.get::<_, String>(2)?
        ))
    });
    match orphan {
        Ok(orphan) => Ok(Some(orphan)),
        Err(rusqlite::Error::QueryReturnedNoRows) => Ok(None),
        Err(error) => Err(error.into()),
    }
}
