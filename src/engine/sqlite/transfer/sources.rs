//! A board in a file, or in memory, for a thread that exports or imports it.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Duration;

use tempfile::TempPath;

use crate::engine::Source;
use crate::engine::sqlite::new_file::temporary_beside;
use crate::engine::sqlite::open::{Options, open};
use crate::error::{Error, Result};

/// How long to wait for another connection's lock.
const WAIT: Duration = Duration::from_secs(30);

/// The board in a file.
#[must_use]
pub fn of_file(file: PathBuf, readonly: bool) -> Source {
    Box::new(move || {
        let (_, store) = open(&file, &options(readonly))?;
        Ok((Box::new(store), None))
    })
}

/// The bytes of a board in memory, to be read.
#[must_use]
pub fn of_bytes(bytes: Vec<u8>) -> Source {
    Box::new(move || {
        let mut file = temporary()?;
        file.write_all(&bytes).map_err(|error| system(&error))?;
        let file = file.into_temp_path();
        let (_, store) = open(&file, &options(true))?;
        Ok((Box::new(store), Some(file)))
    })
}

/// An empty file beside that of a database; for one in memory or on a server, where the system has its temporary files.
///
/// # Errors
/// The system's.
pub fn empty_file(beside: Option<&Path>) -> Result<TempPath> {
    let file = match beside {
        Some(beside) => temporary_beside(beside).map_err(|error| system(&error))?,
        None => temporary()?,
    };
    Ok(file.into_temp_path())
}

fn temporary() -> Result<tempfile::NamedTempFile> {
    temporary_beside(&std::env::temp_dir().join("visual-db")).map_err(|error| system(&error))
}

fn options(readonly: bool) -> Options<'static> {
    Options {
        readonly,
        must_exist: true,
        timeout: WAIT,
        full: false,
        mode: 0o600,
        migrate: false,
        package_version: env!("CARGO_PKG_VERSION"),
    }
}

fn system(error: &std::io::Error) -> Error {
    Error::Plain(format!("visual-db: {error}"))
}
