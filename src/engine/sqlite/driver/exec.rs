//! Running SQL of many statements.

use std::ffi::CString;
use std::ptr;

use rusqlite::ffi;

use super::connection::Connection;
use super::statement::expanded_sql;
use crate::error::Result;

impl Connection {
    /// Runs every statement of `sql`; before each, `before` is told its text, with its parameters expanded.
    ///
    /// # Errors
    /// SQLite's error, or what `before` returns.
    pub fn exec(&self, sql: &str, mut before: impl FnMut(&str) -> Result<()>) -> Result<()> {
        let raw = self.raw()?;
        let text = CString::new(sql.split('\0').next().unwrap_or_default()).unwrap_or_default();
        let mut rest = text.as_ptr();
        loop {
            // What separates statements is no part of the text that `before` is told.
            // SAFETY: `rest` points into `text` and stops at its NUL at the latest.
            while matches!(unsafe { *rest } as u8, b' ' | b';' | b'\t'..=b'\r') {
                // SAFETY: the byte at `rest` is not the NUL, so there is another behind it.
                rest = unsafe { rest.add(1) };
            }
            let mut statement = ptr::null_mut();
            let mut tail = ptr::null();
            // SAFETY: the handle is open, `rest` points into `text`, which ends with NUL.
            let code = self
                .compile(sql, || unsafe { ffi::sqlite3_prepare_v2(raw, rest, -1, &raw mut statement, &raw mut tail) });
            self.check(code)?;
            if statement.is_null() {
                // SAFETY: `tail` points into `text`. A comment alone gives no statement but may be followed by one.
                if unsafe { *tail } == 0 {
                    return Ok(());
                }
                rest = tail;
                continue;
            }
            // SAFETY: the statement was just prepared and is finalised below on every path.
            let code = unsafe {
                if let Err(error) = before(&expanded_sql(statement).unwrap_or_default()) {
                    ffi::sqlite3_finalize(statement);
                    return Err(error);
                }
                while ffi::sqlite3_step(statement) == ffi::SQLITE_ROW {}
                ffi::sqlite3_finalize(statement)
            };
            self.check(code)?;
            rest = tail;
        }
    }
}
