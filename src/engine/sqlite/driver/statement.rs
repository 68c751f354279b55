//! A prepared statement: bind, step, read, reset.

use std::cell::Cell;
use std::ffi::{CStr, c_char, c_int};
use std::ptr::{self, NonNull};
use std::rc::Rc;

use rusqlite::ffi;

use super::column::{push_column, slice};
use super::connection::Connection;
use crate::engine::sqlite::driver::error::failed;
use crate::error::{Error, Result};
use crate::model::Stored;
use crate::rows::Frame;

/// A value to bind.
#[derive(Debug, Clone, Copy)]
pub enum Bind<'a> {
    /// SQL NULL.
    Null,
    /// A 64-bit integer.
    Integer(i64),
    /// A double.
    Real(f64),
    /// Text, UTF-8.
    Text(&'a str),
    /// A blob.
    Blob(&'a [u8]),
}

impl<'a> From<&'a Stored<'a>> for Bind<'a> {
    fn from(stored: &'a Stored<'a>) -> Self {
        match stored {
            Stored::Null => Self::Null,
            Stored::Integer(value) => Self::Integer(*value),
            Stored::Real(value) => Self::Real(*value),
            Stored::Text(text) => Self::Text(text),
        }
    }
}

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
    connection: Rc<Connection>,
    raw: NonNull<ffi::sqlite3_stmt>,
    parameters: usize,
    /// While an iterator runs over it.
    locked: Cell<bool>,
}

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

    fn raw(&self) -> Result<*mut ffi::sqlite3_stmt> {
        self.connection.raw()?;
        Ok(self.raw.as_ptr())
    }

    /// How many values it takes.
    #[must_use]
    pub fn parameter_count(&self) -> usize {
        self.parameters
    }

    /// The name of a parameter without its prefix; `None` for one without a name. Counted from 0.
    #[must_use]
    pub fn parameter_name(&self, index: usize) -> Option<String> {
        let raw = self.raw().ok()?;
        // SAFETY: the statement is alive; an index out of range gives null.
        let name = unsafe { ffi::sqlite3_bind_parameter_name(raw, index as c_int + 1) };
        // SAFETY: SQLite's names are C strings that live as long as the statement.
        (!name.is_null()).then(|| unsafe { CStr::from_ptr(name.add(1)) }.to_string_lossy().into_owned())
    }

    /// Binds one value. Counted from 0.
    ///
    /// # Errors
    /// A `RangeError` for what is too big or one too many, `Error('Out of memory')`.
    pub fn bind(&self, index: usize, value: Bind<'_>) -> Result<()> {
        let raw = self.raw()?;
        let at = c_int::try_from(index + 1).unwrap_or(c_int::MAX);
        // SAFETY: the statement is alive; text and blobs are copied by SQLite (SQLITE_TRANSIENT).
        let code = unsafe {
            match value {
                Bind::Null => ffi::sqlite3_bind_null(raw, at),
                Bind::Integer(value) => ffi::sqlite3_bind_int64(raw, at, value),
                Bind::Real(value) => ffi::sqlite3_bind_double(raw, at, value),
                Bind::Text(text) => ffi::sqlite3_bind_text64(
                    raw,
                    at,
                    text.as_ptr().cast(),
                    text.len() as u64,
                    ffi::SQLITE_TRANSIENT(),
                    ffi::SQLITE_UTF8 as u8,
                ),
                Bind::Blob([]) => ffi::sqlite3_bind_zeroblob(raw, at, 0),
                Bind::Blob(blob) => {
                    ffi::sqlite3_bind_blob64(raw, at, blob.as_ptr().cast(), blob.len() as u64, ffi::SQLITE_TRANSIENT())
                }
            }
        };
        match code {
            ffi::SQLITE_OK => Ok(()),
            ffi::SQLITE_TOOBIG => Err(Error::Range("The bound string, buffer, or bigint is too big".into())),
            ffi::SQLITE_RANGE => Err(Error::Range("Too many parameter values were provided".into())),
            ffi::SQLITE_NOMEM => Err(Error::Plain("Out of memory".into())),
            _ => Err(self.connection.last_error()),
        }
    }

    /// Binds all values from the first on.
    ///
    /// # Errors
    /// As [`Self::bind`].
    pub fn bind_all<'a>(&self, values: impl IntoIterator<Item = Bind<'a>>) -> Result<()> {
        values.into_iter().enumerate().try_for_each(|(index, value)| self.bind(index, value))
    }

    /// Lets go of all bound values.
    pub fn clear_bindings(&self) {
        if let Ok(raw) = self.raw() {
            // SAFETY: the statement is alive.
            unsafe { ffi::sqlite3_clear_bindings(raw) };
        }
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
            // SAFETY: the statement is alive. What it returns is the error of the latest step, told then.
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

    /// An integer of the row it stands on; 0 for NULL and without a row.
    #[must_use]
    pub fn integer(&self, column: usize) -> i64 {
        // SAFETY: the statement is alive; a column that isn't there reads as NULL.
        self.raw().map_or(0, |raw| unsafe { ffi::sqlite3_column_int64(raw, column as c_int) })
    }

    /// A text of the row it stands on; empty for NULL and without a row.
    #[must_use]
    pub fn text(&self, column: usize) -> String {
        let Ok(raw) = self.raw() else { return String::new() };
        // SAFETY: the statement is alive; the text is copied before anything else happens on it.
        unsafe {
            let text = ffi::sqlite3_column_text(raw, column as c_int);
            let bytes = slice(text, ffi::sqlite3_column_bytes(raw, column as c_int));
            String::from_utf8_lossy(bytes).into_owned()
        }
    }

    /// Appends the row it stands on to a frame.
    ///
    /// # Errors
    /// A `TypeError` once the connection is closed.
    pub fn pack_row(&self, frame: &mut Frame, bigints: bool) -> Result<()> {
        self.pack_columns(frame, usize::MAX, bigints)
    }

    /// Appends the first columns of the row it stands on to a frame.
    ///
    /// # Errors
    /// A `TypeError` once the connection is closed.
    pub fn pack_columns(&self, frame: &mut Frame, columns: usize, bigints: bool) -> Result<()> {
        let raw = self.raw()?;
        // SAFETY: the caller has just stepped to a row; without one the count is 0 and nothing is read.
        unsafe {
            for column in 0..ffi::sqlite3_data_count(raw).min(c_int::try_from(columns).unwrap_or(c_int::MAX)) {
                push_column(frame, raw, column, bigints);
            }
        }
        frame.end_row();
        Ok(())
    }

    /// Steps and packs rows until the frame is full (`true`: there may be more) or the rows end.
    ///
    /// # Errors
    /// SQLite's error; the statement is reset then.
    pub fn fill(&self, frame: &mut Frame, bigints: bool) -> Result<bool> {
        // Asked for each row: the first step may have found another schema and compiled the statement again.
        while frame.has_room(self.column_count()) {
            if !self.step()? {
                return Ok(false);
            }
            self.pack_row(frame, bigints)?;
        }
        Ok(true)
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

    /// Whether it can't write to the database itself.
    #[must_use]
    pub fn is_readonly(&self) -> bool {
        // SAFETY: the statement is alive.
        self.raw().is_ok_and(|raw| unsafe { ffi::sqlite3_stmt_readonly(raw) } != 0)
    }

    /// Its text with the bound values in their places.
    #[must_use]
    pub fn expanded_sql(&self) -> Option<String> {
        // SAFETY: the statement is alive.
        unsafe { expanded_sql(self.raw().ok()?) }
    }

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

    /// Whether an iterator runs over it.
    #[must_use]
    pub fn is_locked(&self) -> bool {
        self.locked.get()
    }

    /// Locks it for an iterator, or lets it go.
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
    // SAFETY: as the caller promises; the expanded text is SQLite's to free and copied before.
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

fn text(pointer: *const c_char) -> Option<String> {
    // SAFETY: SQLite's names are C strings or null.
    (!pointer.is_null()).then(|| unsafe { CStr::from_ptr(pointer) }.to_string_lossy().into_owned())
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
        let mut frame = Frame::default();
        assert_eq!(options.fill(&mut frame, false), Ok(false));
        let text = String::from_utf8_lossy(frame.text());
        for option in [
            "DQS=0",
            "DEFAULT_WAL_SYNCHRONOUS=1",
            "DEFAULT_CACHE_SIZE=-16000",
            "DEFAULT_FOREIGN_KEYS",
            "OMIT_LOAD_EXTENSION",
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
