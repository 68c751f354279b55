//! The content of a database as a block of bytes, and back.

use std::ffi::CStr;
use std::ptr;

use rusqlite::ffi;

use super::connection::Connection;
use super::error::failed;
use crate::error::{Error, Result};

impl Connection {
    /// The content of a database as one block of bytes, as it would be in a file.
    ///
    /// # Errors
    /// A `TypeError` once it is closed, `Error('Out of memory')`.
    pub fn serialize(&self, schema: &CStr) -> Result<Vec<u8>> {
        let raw = self.raw()?;
        let mut length: i64 = -1;
        // SAFETY: the handle is open; SQLite allocates `length` bytes or returns null.
        let data = unsafe { ffi::sqlite3_serialize(raw, schema.as_ptr(), &raw mut length, 0) };
        if data.is_null() {
            return if length == 0 { Ok(Vec::new()) } else { Err(Error::Plain("Out of memory".into())) };
        }
        // SAFETY: `data` has `length` bytes, is copied and then freed once.
        unsafe {
            let bytes = std::slice::from_raw_parts(data, length as usize).to_vec();
            ffi::sqlite3_free(data.cast());
            Ok(bytes)
        }
    }

    /// Makes the content of an in-memory database that of a serialised one.
    ///
    /// # Errors
    /// SQLite's error where the bytes can't be taken, `Error('Out of memory')`.
    pub fn deserialize(&self, bytes: &[u8], readonly: bool) -> Result<()> {
        let raw = self.raw()?;
        let length = bytes.len();
        // SAFETY: SQLite's own allocator, as FREEONCLOSE demands; null is checked unless nothing is copied.
        let data = unsafe { ffi::sqlite3_malloc64(length as u64) }.cast::<u8>();
        if data.is_null() && length > 0 {
            return Err(Error::Plain("Out of memory".into()));
        }
        let flags = ffi::SQLITE_DESERIALIZE_FREEONCLOSE
            | ffi::SQLITE_DESERIALIZE_RESIZEABLE
            | if readonly { ffi::SQLITE_DESERIALIZE_READONLY } else { 0 };
        let length = length as i64;
        // SAFETY: `data` has room for all of `bytes`; SQLite owns it from here, also when it fails.
        let code = unsafe {
            if !data.is_null() {
                ptr::copy_nonoverlapping(bytes.as_ptr(), data, bytes.len());
            }
            ffi::sqlite3_deserialize(raw, c"main".as_ptr(), data, length, length, flags)
        };
        match code {
            ffi::SQLITE_OK => Ok(()),
            ffi::SQLITE_ERROR => Err(failed(code, "unable to deserialize database")),
            _ => Err(self.last_error()),
        }
    }
}
