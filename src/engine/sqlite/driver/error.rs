//! `SQLite`'s failures as errors of the crate: the one place that maps its codes.

use super::code;
use crate::error::{Cause, Error};

/// `SQLite`'s failure with an extended result code and its message.
#[must_use]
pub fn failed(code: i32, message: impl Into<String>) -> Error {
    Error::Engine { code: code::spelling(code), number: code, message: message.into(), source: None }
}

impl From<rusqlite::Error> for Error {
    fn from(error: rusqlite::Error) -> Self {
        let (number, message) = match &error {
            rusqlite::Error::SqliteFailure(failure, Some(message)) => (failure.extended_code, message.clone()),
            rusqlite::Error::SqliteFailure(failure, None) => (failure.extended_code, failure.to_string()),
            other => (rusqlite::ffi::SQLITE_ERROR, other.to_string()),
        };
        Self::Engine { code: code::spelling(number), number, message, source: Some(Cause::new(error)) }
    }
}
