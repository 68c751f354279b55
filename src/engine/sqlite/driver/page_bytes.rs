//! A database file's bytes, read through SQLite's own handle on it.
//!
//! Opening and closing the file beside SQLite would drop every POSIX lock that this process holds on it, and it may
//! be a file that another connection of this process has open.

use std::ffi::c_void;

use rusqlite::{Connection, ffi};

use super::open::error_of_code;
use crate::error::Result;

/// A connection's main database file.
pub struct PageBytes<'a>(&'a Connection);

impl<'a> PageBytes<'a> {
    /// The bytes under a connection.
    #[must_use]
    pub fn of(connection: &'a Connection) -> Self {
        Self(connection)
    }

    /// The size of the file.
    ///
    /// # Errors
    /// SQLite's error where the file can't be asked.
    #[allow(clippy::len_without_is_empty, reason = "an empty file is nobody's question here")]
    pub fn len(&self) -> Result<u64> {
        let mut size = 0;
        self.with_file(|file, methods| match methods.xFileSize {
            // SAFETY: `file` belongs to the open connection and `size` outlives the call.
            Some(size_of) => unsafe { size_of(file, &raw mut size) },
            None => ffi::SQLITE_IOERR,
        })?;
        Ok(size as u64)
    }

    /// Fills the buffer from an offset; what lies beyond the end of the file reads as zeros.
    ///
    /// # Errors
    /// SQLite's error where the file can't be read.
    pub fn read(&self, buffer: &mut [u8], offset: u64) -> Result<()> {
        self.with_file(|file, methods| match methods.xRead {
            // SAFETY: `file` belongs to the open connection, the buffer is as long as it says.
            Some(read) => match unsafe { read(file, buffer.as_mut_ptr().cast(), buffer.len() as i32, offset as i64) } {
                ffi::SQLITE_IOERR_SHORT_READ => ffi::SQLITE_OK,
                code => code,
            },
            None => ffi::SQLITE_IOERR,
        })
    }

    fn with_file(&self, call: impl FnOnce(*mut ffi::sqlite3_file, &ffi::sqlite3_io_methods) -> i32) -> Result<()> {
        let mut file: *mut ffi::sqlite3_file = std::ptr::null_mut();
        // SAFETY: the connection is open for as long as it is borrowed; the control writes one pointer.
        let code = unsafe {
            ffi::sqlite3_file_control(
                self.0.handle(),
                c"main".as_ptr(),
                ffi::SQLITE_FCNTL_FILE_POINTER,
                (&raw mut file).cast::<c_void>(),
            )
        };
        // SAFETY: where it isn't null the pointer is the connection's file, which lives as long as the connection.
        let methods = unsafe { file.as_ref().and_then(|file| file.pMethods.as_ref()) };
        let code = match methods {
            Some(methods) if code == ffi::SQLITE_OK => call(file, methods),
            _ => ffi::SQLITE_IOERR,
        };
        if code == ffi::SQLITE_OK { Ok(()) } else { Err(error_of_code(code)) }
    }
}
