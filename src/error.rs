//! The one error type of the crate. Each variant becomes one JavaScript class at the border.

use std::fmt;

/// What went wrong, by the JavaScript class it is thrown as.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Error {
    /// A caller's mistake in the kind of a value: `TypeError`.
    Type(String),
    /// A caller's mistake in the size of a value: `RangeError`.
    Range(String),
    /// SQLite's own failure: `SqliteError`, its `code` being the name of the extended result code.
    Sqlite {
        /// SQLite's extended result code.
        code: i32,
        /// SQLite's message, unchanged.
        message: String,
    },
    /// A failure of this package with a `code` that programs can test: `Error`.
    Coded {
        /// Node's style of code, such as `ERR_SCHEMA_NEWER`.
        code: &'static str,
        /// What happened, with what, and what to do.
        message: String,
    },
    /// A failure whose message is its contract (`Worktree not found: x`): `Error`.
    Plain(String),
}

/// The crate's result.
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// A mistake of this package's own.
    #[must_use]
    pub fn internal(what: &str) -> Self {
        Self::Coded { code: "ERR_INTERNAL", message: format!("visual-db: an internal error; please report it: {what}") }
    }

    /// The message alone, as JavaScript shows it.
    #[must_use]
    pub fn message(&self) -> &str {
        match self {
            Self::Type(message)
            | Self::Range(message)
            | Self::Plain(message)
            | Self::Sqlite { message, .. }
            | Self::Coded { message, .. } => message,
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.message())
    }
}

impl std::error::Error for Error {}

impl From<rusqlite::Error> for Error {
    fn from(error: rusqlite::Error) -> Self {
        match error {
            rusqlite::Error::SqliteFailure(failure, message) => {
                Self::Sqlite { code: failure.extended_code, message: message.unwrap_or_else(|| failure.to_string()) }
            }
            other => Self::Sqlite { code: rusqlite::ffi::SQLITE_ERROR, message: other.to_string() },
        }
    }
}
