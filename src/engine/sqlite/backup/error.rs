//! Errors that name the file and the reason.

use std::io::ErrorKind;
use std::path::Path;

use crate::error::Error;

/// An operating system's refusal, with Node's spelling of its code.
pub fn io(doing: &str, path: &Path, error: &std::io::Error) -> Error {
    let code = match error.kind() {
        ErrorKind::NotFound => "ENOENT",
        ErrorKind::PermissionDenied => "EACCES",
        ErrorKind::AlreadyExists => "EEXIST",
        ErrorKind::StorageFull => "ENOSPC",
        ErrorKind::QuotaExceeded => "EDQUOT",
        ErrorKind::ReadOnlyFilesystem => "EROFS",
        ErrorKind::IsADirectory => "EISDIR",
        ErrorKind::NotADirectory => "ENOTDIR",
        _ => "EIO",
    };
    Error::Coded { code, message: format!("{doing} {}: {error}", path.display()) }
}

/// SQLite's failure with the same code, its words preceded by what was being done to which file.
pub fn context(error: impl Into<Error>, doing: &str, path: &Path) -> Error {
    let error = error.into();
    let message = format!("{doing} {}: {error}", path.display());
    error.with_message(message)
}

/// A failure of this package: a code that programs test, and the file it is about at the head of the message.
pub fn refused(code: &'static str, path: &Path, why: impl std::fmt::Display) -> Error {
    Error::Coded { code, message: format!("{}: {why}", path.display()) }
}

/// Whether SQLite can't make sense of the file, as opposed to not being allowed to open it or having to wait for it.
pub fn is_unreadable(error: &Error) -> bool {
    use rusqlite::ffi::{SQLITE_CORRUPT, SQLITE_NOTADB};
    matches!(error, Error::Engine { number: code, .. } if matches!(code & 0xff, SQLITE_CORRUPT | SQLITE_NOTADB))
}
