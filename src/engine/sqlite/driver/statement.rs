//! A prepared statement: bind, step, read, reset.

use std::cell::Cell;
use std::ffi::{c_char, c_int};
use std::ptr::{self, NonNull};
use std::rc::Rc;

use rusqlite::ffi;

use super::column::text;
use super::connection::Connection;
use crate::engine::sqlite::driver::error::failed;
use crate::error::{Error, Result};

/// What a statement that was run has changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Changes {
    /// How many rows it changed itself (not through triggers or foreign keys).
    pub changes: i32,
    /// The rowid of the connection's latest insert.
    pub last_insert_rowid: i64,
}

/// A prepared statement. It is finalised when dropped, or by its connection's close.
pub struct Statement {
    pub(super) connection: Rc<Connection>,
    raw: NonNull<ffi::sqlite3_stmt>,
    parameters: usize,
    /// Whether an iterator runs over it.
    locked: Cell<bool>,
}

impl Statement {
    /// Compiles the one statement in `sql`.
    ///
    /// # Errors
    /// SQLite's error; a `RangeError` where there is no statement or more than one.
    pub fn prepare(connection: &Rc<Connection>, sql: &str, persistent: bool) -> Result<Self> {
        let database = connection.raw()?;
        let length = c_int::try_from(sql.len()).map_err(|_| failed(ffi::SQLITE_TOOBIG, "statement too long"))?;
        let flags = if persistent { ffi::SQLITE_PREPARE_PERSISTENT } else { 0 };
        let mut raw = ptr::null_mut();
        let mut tail: *const c_char = ptr::null();
        // SAFETY: the handle is open; `sql` has `length` bytes and outlives the call and the use of `tail` below.
        let code = connection.compile(sql, || unsafe {
            ffi::sqlite3_prepare_v3(database, sql.as_ptr().cast(), length, flags, &raw mut raw, &raw mut tail)
        });
        connection.check(code)?;
        let Some(raw) = NonNull::new(raw) else {
            return Err(Error::Range("The supplied SQL string contains no statements".into()));
        };
        connection.statements.borrow_mut().insert(raw);
        // SAFETY: the statement was just prepared.
        let parameters = unsafe { ffi::sqlite3_bind_parameter_count(raw.as_ptr()) } as usize;
        let statement = Self { connection: Rc::clone(connection), raw, parameters, locked: Cell::new(false) };
        let consumed = tail.addr().saturating_sub(sql.as_ptr().addr()).min(sql.len());
        if is_blank(&sql.as_bytes()[consumed..]) {
            Ok(statement)
        } else {
            Err(Error::Range("The supplied SQL string contains more than one statement".into()))
        }
    }

    /// Its connection.
    #[must_use]
    pub fn connection(&self) -> &Rc<Connection> {
        &self.connection
    }

    pub(super) fn raw(&self) -> Result<*mut ffi::sqlite3_stmt> {
        self.connection.raw()?;
        Ok(self.raw.as_ptr())
    }

    /// How many values it takes.
    #[must_use]
    pub fn parameter_count(&self) -> usize {
        self.parameters
    }

    /// Runs to the next row; `false` at the end.
    ///
    /// # Errors
    /// SQLite's error; the statement is reset then.
    pub fn step(&self) -> Result<bool> {
        let raw = self.raw()?;
        // SAFETY: the statement is alive, and one that calls back can't be closed meanwhile: the connection is busy.
        match unsafe { ffi::sqlite3_step(raw) } {
            ffi::SQLITE_ROW => Ok(true),
            ffi::SQLITE_DONE => Ok(false),
            _ => {
                let error = self.connection.last_error();
                self.reset();
                Err(error)
            }
        }
    }

    /// Goes back to before the first row and ends the read transaction that it may have held.
    pub fn reset(&self) {
        if let Ok(raw) = self.raw() {
            // SAFETY: the statement is alive. Its result is the error of the latest step, which was returned then.
            unsafe { ffi::sqlite3_reset(raw) };
        }
    }

    /// Runs to the end, ignoring rows.
    ///
    /// # Errors
    /// SQLite's error.
    pub fn run(&self) -> Result<Changes> {
        let before = self.connection.total_changes();
        // One step is enough: a statement that writes does all of it before its first row.
        let stepped = self.step();
        let raw = self.raw()?;
        // SAFETY: the statement is alive. A statement that is reset after a row may still fail to commit.
        let code = unsafe { ffi::sqlite3_reset(raw) };
        stepped?;
        self.connection.check(code)?;
        let changes = if self.connection.total_changes() == before { 0 } else { self.connection.changes() };
        Ok(Changes { changes, last_insert_rowid: self.connection.last_insert_rowid() })
    }

    /// How many columns its rows have; 0 for one that returns none.
    #[must_use]
    pub fn column_count(&self) -> usize {
        // SAFETY: the statement is alive.
        self.raw().map_or(0, |raw| unsafe { ffi::sqlite3_column_count(raw) } as usize)
    }

    /// How often SQLite has compiled it again since, because the schema had changed.
    #[must_use]
    pub fn recompilations(&self) -> i32 {
        // SAFETY: the statement is alive; the counter is only read.
        self.raw().map_or(0, |raw| unsafe { ffi::sqlite3_stmt_status(raw, ffi::SQLITE_STMTSTATUS_REPREPARE, 0) })
    }

    /// How many instructions of SQLite's virtual machine all its runs took.
    #[cfg(test)]
    #[must_use]
    pub fn instructions(&self) -> i32 {
        // SAFETY: the statement is alive; the counter is only read.
        self.raw().map_or(0, |raw| unsafe { ffi::sqlite3_stmt_status(raw, ffi::SQLITE_STMTSTATUS_VM_STEP, 0) })
    }

    /// Whether it can't write to the database itself.
    #[must_use]
    pub fn is_readonly(&self) -> bool {
        // SAFETY: the statement is alive.
        self.raw().is_ok_and(|raw| unsafe { ffi::sqlite3_stmt_readonly(raw) } != 0)
    }

    /// Its text with the bound values instead of the parameters.
    #[must_use]
    pub fn expanded_sql(&self) -> Option<String> {
        // SAFETY: the statement is alive.
        unsafe { expanded_sql(self.raw().ok()?) }
    }

    /// Whether an iterator runs over it.
    #[must_use]
    pub fn is_locked(&self) -> bool {
        self.locked.get()
    }

    /// Locks it for an iterator, or unlocks it.
    pub fn set_locked(&self, locked: bool) {
        if self.locked.replace(locked) != locked {
            self.connection.count_iterator(if locked { 1 } else { -1 });
        }
    }
}

impl Drop for Statement {
    fn drop(&mut self) {
        self.set_locked(false);
        if self.connection.statements.borrow_mut().remove(&self.raw) {
            // SAFETY: it was still in the set, so nobody has finalised it.
            unsafe { ffi::sqlite3_finalize(self.raw.as_ptr()) };
        }
    }
}

/// A statement's text with the bound values in their places.
///
/// # Safety
/// The statement is alive.
pub(super) unsafe fn expanded_sql(raw: *mut ffi::sqlite3_stmt) -> Option<String> {
    // SAFETY: the caller promises that the statement is alive; the expanded text is copied, then freed once by SQLite.
    unsafe {
        let expanded = ffi::sqlite3_expanded_sql(raw);
        if expanded.is_null() {
            return text(ffi::sqlite3_sql(raw));
        }
        let copy = text(expanded);
        ffi::sqlite3_free(expanded.cast());
        copy
    }
}

/// Whether what follows a statement is white space, semicolons and comments only.
fn is_blank(mut rest: &[u8]) -> bool {
    loop {
        rest = match rest {
            [] | [0, ..] => return true,
            [b' ' | b'\t' | b'\n' | b'\r' | b'\x0b' | b'\x0c' | b';', tail @ ..] => tail,
            [b'-', b'-', tail @ ..] => after(tail, b"\n"),
            [b'/', b'*', tail @ ..] => after(tail, b"*/"),
            _ => return false,
        };
    }
}

fn after<'a>(text: &'a [u8], end: &[u8]) -> &'a [u8] {
    text.windows(end.len()).position(|window| window == end).map_or(&[], |at| &text[at + end.len()..])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rows::Batch;

    fn memory() -> Rc<Connection> {
        Connection::new(rusqlite::Connection::open_in_memory().expect("memory"))
    }

    #[test]
    fn exactly_one_statement_is_compiled() {
        let connection = memory();
        for sql in ["SELECT 1", "SELECT 1; -- end", "SELECT 1; /* a */ ; /* b"] {
            assert!(Statement::prepare(&connection, sql, true).is_ok(), "{sql}");
        }
        for sql in ["", " ; ", "-- only", "SELECT 1; SELECT 2"] {
            assert!(matches!(Statement::prepare(&connection, sql, true), Err(Error::Range(_))), "{sql}");
        }
    }

    #[test]
    fn close_finalises_what_is_left_and_the_statement_says_so() {
        let connection = memory();
        let statement = Statement::prepare(&connection, "SELECT 1", true).expect("prepared");
        assert_eq!(statement.step(), Ok(true));
        connection.close().expect("closed");
        assert!(matches!(statement.step(), Err(Error::Type(_))));
        drop(statement);
    }

    #[test]
    fn compiled_as_better_sqlite3_is() {
        let connection = memory();
        let options = Statement::prepare(&connection, "PRAGMA compile_options", true).expect("prepared");
        let mut batch = Batch::default();
        assert_eq!(options.fill(&mut batch, false), Ok(false));
        let text = String::from_utf8_lossy(batch.text());
        for option in [
            "DQS=0",
            "DEFAULT_WAL_SYNCHRONOUS=1",
            "DEFAULT_CACHE_SIZE=-16000",
            "DEFAULT_FOREIGN_KEYS",
            "LIKE_DOESNT_MATCH_BLOBS",
            "ENABLE_FTS5",
            "ENABLE_RTREE",
            "ENABLE_STAT4",
            "ENABLE_MATH_FUNCTIONS",
            "ENABLE_PERCENTILE",
            "THREADSAFE=2",
        ] {
            assert!(text.contains(option), "{option} is not in {text}");
        }
        assert!(!text.contains("API_ARMOR"));
        assert!(rusqlite::version_number() >= 3_051_003, "versions before 3.51.3 lose commits in WAL mode");
    }
}
