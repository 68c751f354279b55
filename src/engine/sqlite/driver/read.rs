//! Reading the row that a statement stands on.

use std::ffi::c_int;

use rusqlite::ffi;

use super::column::{push_column, slice};
use super::statement::Statement;
use crate::error::Result;
use crate::model::Stored;
use crate::rows::Batch;

impl Statement {
    /// An integer of the row it stands on; 0 for NULL and without a row.
    #[must_use]
    pub fn integer(&self, column: usize) -> i64 {
        // SAFETY: the statement is alive; a column that isn't there reads as NULL.
        self.raw().map_or(0, |raw| unsafe { ffi::sqlite3_column_int64(raw, column as c_int) })
    }

    /// The same; `None` for NULL.
    #[must_use]
    pub fn integer_or_null(&self, column: usize) -> Option<i64> {
        let value = self.integer(column);
        (value != 0 || !self.is_null(column)).then_some(value)
    }

    /// A text of the row it stands on; empty for NULL and without a row.
    #[must_use]
    pub fn text(&self, column: usize) -> String {
        self.with_text(column, ToOwned::to_owned)
    }

    /// The same; `None` for NULL.
    #[must_use]
    pub fn text_or_null(&self, column: usize) -> Option<String> {
        // A value that isn't NULL has a text.
        (!self.is_null(column)).then(|| self.text(column))
    }

    /// Whether a column of the row it stands on is NULL; so is every one without a row.
    #[must_use]
    pub fn is_null(&self, column: usize) -> bool {
        // SAFETY: the statement is alive; a column that isn't there is NULL.
        self.raw().map_or(true, |raw| unsafe { ffi::sqlite3_column_type(raw, column as c_int) } == ffi::SQLITE_NULL)
    }

    /// A copy of a column of the row it stands on; a blob, which no field of ours is, reads as NULL.
    #[must_use]
    pub fn stored(&self, column: usize) -> Stored<'static> {
        let Ok(raw) = self.raw() else { return Stored::Null };
        // SAFETY: the statement is alive; a column that isn't there is NULL.
        match unsafe { ffi::sqlite3_column_type(raw, column as c_int) } {
            ffi::SQLITE_INTEGER => Stored::Integer(self.integer(column)),
            // SAFETY: the statement is alive; the value is a float, so nothing is converted.
            ffi::SQLITE_FLOAT => Stored::Real(unsafe { ffi::sqlite3_column_double(raw, column as c_int) }),
            ffi::SQLITE_TEXT => Stored::Text(self.text(column).into()),
            _ => Stored::Null,
        }
    }

    /// Lends the bytes of a text of the row it stands on, which may not be UTF-8; none for NULL and without a row.
    pub fn with_bytes<T>(&self, column: usize, read: impl FnOnce(&[u8]) -> T) -> T {
        let Ok(raw) = self.raw() else { return read(&[]) };
        // SAFETY: the statement is alive; the bytes are only lent, and what reads them may step other statements, but not this one.
        unsafe {
            let text = ffi::sqlite3_column_text(raw, column as c_int);
            read(slice(text, ffi::sqlite3_column_bytes(raw, column as c_int)))
        }
    }

    /// Lends a blob of the row it stands on; nothing for NULL and without a row.
    pub fn with_blob<T>(&self, column: usize, read: impl FnOnce(&[u8]) -> T) -> T {
        let Ok(raw) = self.raw() else { return read(&[]) };
        // SAFETY: the statement is alive; the bytes are only lent, and what reads them knows no statement to step.
        unsafe {
            let blob = ffi::sqlite3_column_blob(raw, column as c_int);
            read(slice(blob.cast(), ffi::sqlite3_column_bytes(raw, column as c_int)))
        }
    }

    /// Lends a text of the row it stands on, which need not be copied then; empty for NULL and without a row.
    pub fn with_text<T>(&self, column: usize, read: impl FnOnce(&str) -> T) -> T {
        // Checking a text is much faster than repairing it, and hardly any needs that.
        self.with_bytes(column, |bytes| match std::str::from_utf8(bytes) {
            Ok(text) => read(text),
            Err(_) => read(&String::from_utf8_lossy(bytes)),
        })
    }

    /// Appends the row it stands on to a batch.
    ///
    /// # Errors
    /// A `TypeError` once the connection is closed.
    pub fn pack_row(&self, batch: &mut Batch, bigints: bool) -> Result<()> {
        self.pack_columns(batch, usize::MAX, bigints)
    }

    /// Appends the first columns of the row it stands on to a batch.
    ///
    /// # Errors
    /// A `TypeError` once the connection is closed.
    pub fn pack_columns(&self, batch: &mut Batch, columns: usize, bigints: bool) -> Result<()> {
        self.pack_cells(batch, columns, bigints)?;
        batch.end_row();
        Ok(())
    }

    /// The same, but the row goes on.
    ///
    /// # Errors
    /// A `TypeError` once the connection is closed.
    pub fn pack_cells(&self, batch: &mut Batch, columns: usize, bigints: bool) -> Result<()> {
        let raw = self.raw()?;
        // SAFETY: the caller has just stepped to a row; without one the count is 0 and nothing is read.
        unsafe {
            for column in 0..ffi::sqlite3_data_count(raw).min(c_int::try_from(columns).unwrap_or(c_int::MAX)) {
                push_column(batch, raw, column, bigints);
            }
        }
        Ok(())
    }

    /// Steps and packs rows until the batch is full (`true`: there may be more) or the rows end.
    ///
    /// # Errors
    /// SQLite's error; the statement is reset then.
    pub fn fill(&self, batch: &mut Batch, bigints: bool) -> Result<bool> {
        // Asked for each row: the first step may have found another schema and compiled the statement again.
        while batch.has_room(self.column_count()) {
            if !self.step()? {
                return Ok(false);
            }
            self.pack_row(batch, bigints)?;
        }
        Ok(true)
    }
}
