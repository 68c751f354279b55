//! Opening: as better-sqlite3 does for a bare `Database`, hardened for `VisualDatabase`.

use std::ffi::{CStr, CString, c_int};
use std::path::Path;
use std::ptr;
use std::rc::Rc;
use std::time::Duration;

use rusqlite::ffi;

use super::connection::Connection;
use super::vfs;
use crate::engine::sqlite::driver::error::failed;
use crate::error::{Error, Result};

/// How a bare database is opened.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// Only to read.
    pub readonly: bool,
    /// A missing file is an error.
    pub must_exist: bool,
    /// How long to wait for another connection's lock.
    pub timeout: Duration,
    /// Whether it is opened through our VFS, which tells of the commits of others, so that reads that repeat can be answered
    /// from memory.
    pub watched: bool,
}

/// The longest string that JavaScript can have (V8: 2^29 - 24 units), and so the longest value that can be read.
const MAX_STRING: c_int = (1 << 29) - 24;

/// Opens with these flags (`SQLITE_OPEN_…`) and VFS, nothing else.
///
/// # Errors
/// SQLite's error.
pub fn raw(path: &Path, flags: c_int, vfs: Option<&CStr>) -> Result<rusqlite::Connection> {
    #[cfg(windows)]
    let path = &followed(path);
    let Ok(name) = CString::new(path.as_os_str().as_encoded_bytes()) else {
        return Err(Error::Type("A database path can't contain NUL".into()));
    };
    let mut handle = ptr::null_mut();
    // SAFETY: the name is a C string. A handle may come back with an error, too, and is closed below then.
    unsafe {
        let flags = flags | ffi::SQLITE_OPEN_NOMUTEX | ffi::SQLITE_OPEN_EXRESCODE;
        let code = ffi::sqlite3_open_v2(name.as_ptr(), &raw mut handle, flags, vfs.map_or(ptr::null(), CStr::as_ptr));
        if code != ffi::SQLITE_OK {
            let error = if handle.is_null() {
                error_of_code(code)
            } else {
                let message = CStr::from_ptr(ffi::sqlite3_errmsg(handle)).to_string_lossy().into_owned();
                failed(ffi::sqlite3_extended_errcode(handle), message)
            };
            ffi::sqlite3_close(handle);
            return Err(error);
        }
        rusqlite::Connection::from_handle_owned(handle).map_err(Into::into)
    }
}

/// Where a symbolic link leads. SQLite follows it by itself elsewhere, so that the WAL lies beside the file; on Windows it
/// would lie beside the link, where a connection that opens the file itself would not see it.
#[cfg(windows)]
fn followed(path: &Path) -> std::path::PathBuf {
    let is_link = std::fs::symlink_metadata(path).is_ok_and(|found| found.is_symlink());
    let target = is_link.then(|| crate::engine::sqlite::file_id::real_path(path));
    target.and_then(std::io::Result::ok).unwrap_or_else(|| path.to_path_buf())
}

/// Whether the index of a WAL can be mapped beside a database. SQLite finds out only when the database's header says WAL mode
/// already, and then nobody can read it any more. So this tries with an empty file, at `scratch`.
///
/// # Errors
/// `SQLITE_IOERR_SHMMAP`. Whatever else fails will fail for the database too, or doesn't matter to it.
pub fn check_shared_memory(scratch: &Path) -> Result<()> {
    let mapped = raw(scratch, ffi::SQLITE_OPEN_READWRITE | ffi::SQLITE_OPEN_CREATE, None).and_then(|connection| {
        // The first statement that reads the file maps the index.
        Ok(connection
            .execute_batch("PRAGMA synchronous = OFF; PRAGMA journal_mode = WAL; SELECT * FROM sqlite_schema")?)
    });
    for end in ["", "-journal", "-wal", "-shm"] {
        let mut name = scratch.as_os_str().to_os_string();
        name.push(end);
        let _ = std::fs::remove_file(name);
    }
    match mapped {
        Err(error @ Error::Engine { number: ffi::SQLITE_IOERR_SHMMAP, .. }) => Err(error),
        _ => Ok(()),
    }
}

/// The error of a result code that came without a connection to ask.
#[must_use]
pub fn error_of_code(code: i32) -> Error {
    // SAFETY: SQLite's descriptions are static C strings.
    let message = unsafe { CStr::from_ptr(ffi::sqlite3_errstr(code)) }.to_string_lossy().into_owned();
    failed(code, message)
}

/// Opens a database as better-sqlite3 does. An empty path is a temporary database, `:memory:` one in memory.
///
/// # Errors
/// SQLite's error.
pub fn bare(path: &Path, options: Options) -> Result<Rc<Connection>> {
    let flags = if options.readonly {
        ffi::SQLITE_OPEN_READONLY
    } else if options.must_exist {
        ffi::SQLITE_OPEN_READWRITE
    } else {
        ffi::SQLITE_OPEN_READWRITE | ffi::SQLITE_OPEN_CREATE
    };
    let connection = Connection::new(raw(path, flags, (options.watched && vfs::register()).then_some(vfs::NAME))?);
    connection.with(|inner| Ok(inner.busy_timeout(options.timeout)?))?;
    connection.set_limit(ffi::SQLITE_LIMIT_LENGTH, MAX_STRING)?;
    connection.set_limit(ffi::SQLITE_LIMIT_SQL_LENGTH, MAX_STRING)?;
    connection.set_config(ffi::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    Ok(connection)
}
