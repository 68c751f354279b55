//! A database file's bytes, read through SQLite's own handle on it.
//!
//! Opening and closing the file beside SQLite would drop every POSIX lock that this process holds on it, and it may
//! be a file that somebody in this process works with.

use std::ffi::c_void;
use std::path::Path;

use rusqlite::{Connection, ffi};

use super::error::context;
use crate::error::{Error, Result};
use crate::schema::sha256::{Sha256, hex};

/// A connection's main database file.
pub struct PageBytes<'a> {
    connection: &'a Connection,
    path: &'a Path,
}

impl<'a> PageBytes<'a> {
    /// The bytes under a connection. `path` is for the words of errors.
    pub fn of(connection: &'a Connection, path: &'a Path) -> Self {
        Self { connection, path }
    }

    /// The size of the file.
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
    pub fn read(&self, buffer: &mut [u8], offset: u64) -> Result<()> {
        self.with_file(|file, methods| match methods.xRead {
            // SAFETY: `file` belongs to the open connection, the buffer is as long as it says.
            Some(read) => match unsafe {
                read(
                    file,
                    buffer.as_mut_ptr().cast(),
                    buffer.len() as i32,
                    offset as i64,
                )
            } {
                ffi::SQLITE_IOERR_SHORT_READ => ffi::SQLITE_OK,
                code => code,
            },
            None => ffi::SQLITE_IOERR,
        })
    }

    /// SHA-256 of the whole file, in hexadecimal.
    pub fn sha256(&self) -> Result<String> {
        let mut hash = Sha256::new();
        let mut buffer = vec![0; 256 * 1024];
        let size = self.len()?;
        let mut offset = 0;
        while offset < size {
            let part = (size - offset).min(buffer.len() as u64) as usize;
            self.read(&mut buffer[..part], offset)?;
            hash.update(&buffer[..part]);
            offset += part as u64;
        }
        Ok(hex(&hash.finish()))
    }

    fn with_file(
        &self,
        call: impl FnOnce(*mut ffi::sqlite3_file, &ffi::sqlite3_io_methods) -> i32,
    ) -> Result<()> {
        let mut file: *mut ffi::sqlite3_file = std::ptr::null_mut();
        // SAFETY: the connection is open for as long as it is borrowed; the control writes one pointer.
        let code = unsafe {
            ffi::sqlite3_file_control(
                self.connection.handle(),
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
        if code == ffi::SQLITE_OK {
            return Ok(());
        }
        let error = Error::Sqlite {
            code,
            message: "disk I/O error".into(),
        };
        Err(context(error, "cannot read", self.path))
    }
}
