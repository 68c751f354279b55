//! What SQLite knows of a statement's result columns.

use std::ffi::c_int;

use rusqlite::ffi;

use super::column::text;
use super::statement::Statement;
use crate::error::Result;

/// The description of a result column, as SQLite tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// The name in the result.
    pub name: Option<String>,
    /// The column of the table that it comes from.
    pub column: Option<String>,
    /// That table.
    pub table: Option<String>,
    /// That table's database.
    pub database: Option<String>,
    /// The declared type.
    pub declared_type: Option<String>,
}

impl Statement {
    /// The names of its result columns.
    #[must_use]
    pub fn column_names(&self) -> Vec<String> {
        let Ok(raw) = self.raw() else { return Vec::new() };
        // SAFETY: the statement is alive and has these columns; names are copied at once.
        let name = |column| text(unsafe { ffi::sqlite3_column_name(raw, column) }).unwrap_or_default();
        (0..self.column_count() as c_int).map(name).collect()
    }

    /// Everything SQLite knows of its result columns.
    ///
    /// # Errors
    /// A `TypeError` once the connection is closed.
    pub fn columns(&self) -> Result<Vec<Column>> {
        let raw = self.raw()?;
        // SAFETY: the statement is alive and has these columns; each text is copied at once.
        let describe = |column| unsafe {
            Column {
                name: text(ffi::sqlite3_column_name(raw, column)),
                column: text(ffi::sqlite3_column_origin_name(raw, column)),
                table: text(ffi::sqlite3_column_table_name(raw, column)),
                database: text(ffi::sqlite3_column_database_name(raw, column)),
                declared_type: text(ffi::sqlite3_column_decltype(raw, column)),
            }
        };
        Ok((0..self.column_count() as c_int).map(describe).collect())
    }
}
