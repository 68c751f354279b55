//! Databases to back up.

use std::fmt::Write;
use std::path::Path;

use rusqlite::Connection;

pub use crate::test_folder::Folder;

pub fn open(path: &Path) -> Connection {
    let connection = Connection::open(path).unwrap();
    connection.execute_batch("PRAGMA journal_mode = WAL; PRAGMA foreign_keys = ON").unwrap();
    connection
}

/// All rows of all tables, as text.
pub fn content(connection: &Connection) -> String {
    let mut rows = String::new();
    for table in ["worktrees", "zones", "worktree_zones", "zone_executions"] {
        let mut statement = connection.prepare(&format!("SELECT * FROM {table} ORDER BY rowid")).unwrap();
        let width = statement.column_count();
        let mut found = statement.query([]).unwrap();
        while let Some(row) = found.next().unwrap() {
            for column in 0..width {
                write!(rows, "{:?}|", row.get_ref(column).unwrap()).unwrap();
            }
            rows += "\n";
        }
    }
    rows
}

pub fn content_of(path: &Path) -> String {
    content(&open(path))
}

pub fn add_zone(connection: &Connection, id: &str) {
    connection
        .execute("INSERT INTO zones (id, name, created_at) VALUES (?1, ?1, '2026-01-01T00:00:00.000Z')", [id])
        .unwrap();
}

pub fn code(error: &crate::error::Error) -> String {
    match error {
        crate::error::Error::Coded { code, .. } => (*code).into(),
        crate::error::Error::Engine { number: code, .. } => code.to_string(),
        other => format!("{other:?}"),
    }
}
