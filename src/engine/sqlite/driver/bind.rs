//! The values of a statement's parameters.

use std::ffi::{CStr, c_int};

use rusqlite::ffi;

use super::statement::Statement;
use crate::error::{Error, Result};
use crate::model::Stored;

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

impl From<Option<i64>> for Bind<'_> {
    fn from(value: Option<i64>) -> Self {
        value.map_or(Self::Null, Self::Integer)
    }
}

impl<'a> From<Option<&'a str>> for Bind<'a> {
    fn from(value: Option<&'a str>) -> Self {
        value.map_or(Self::Null, Self::Text)
    }
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

/// A statement with bound values that SQLite has not copied; dropping this unbinds them.
struct Bound<'a>(&'a Statement);

impl Drop for Bound<'_> {
    #[inline(never)]
    fn drop(&mut self) {
        self.0.reset();
        self.0.clear_bindings();
    }
}

impl Statement {
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
    /// A `RangeError` for a value that is too big or one too many, `Error('Out of memory')`.
    pub fn bind(&self, index: usize, value: Bind<'_>) -> Result<()> {
        // SAFETY: text and blobs are copied.
        unsafe { self.bind_as(index, value, ffi::SQLITE_TRANSIENT()) }
    }

    /// Binds values without copying them, runs `steps`, resets the statement and unbinds the values again.
    ///
    /// # Errors
    /// As [`Self::bind`], or what `steps` fails with.
    pub fn with_bound<T>(&self, values: &[Bind<'_>], steps: impl FnOnce(&Self) -> Result<T>) -> Result<T> {
        let bound = Bound(self);
        for (index, value) in values.iter().enumerate() {
            // SAFETY: the values are borrowed for all of this call; however it ends, dropping `bound` unbinds them.
            unsafe { self.bind_as(index, *value, ffi::SQLITE_STATIC())? };
        }
        steps(bound.0)
    }

    /// # Safety
    /// With `SQLITE_STATIC` the value has to live until it is unbound or another one is bound.
    unsafe fn bind_as(&self, index: usize, value: Bind<'_>, kept: ffi::sqlite3_destructor_type) -> Result<()> {
        let raw = self.raw()?;
        let at = c_int::try_from(index + 1).unwrap_or(c_int::MAX);
        // SAFETY: the statement is alive; text and blobs are copied by SQLite, or live as long as the caller says.
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
                    kept,
                    ffi::SQLITE_UTF8 as u8,
                ),
                Bind::Blob([]) => ffi::sqlite3_bind_zeroblob(raw, at, 0),
                Bind::Blob(blob) => ffi::sqlite3_bind_blob64(raw, at, blob.as_ptr().cast(), blob.len() as u64, kept),
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

    /// Unbinds all values.
    pub fn clear_bindings(&self) {
        if let Ok(raw) = self.raw() {
            // SAFETY: the statement is alive.
            unsafe { ffi::sqlite3_clear_bindings(raw) };
        }
    }
}
