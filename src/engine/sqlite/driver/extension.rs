//! Extensions: native code that SQLite loads at the user's wish. Only for a connection that was opened for it.

use std::ffi::{CStr, CString};
use std::ptr;

use rusqlite::ffi;

use super::connection::Connection;
use super::error::failed;
use crate::error::Result;

impl Connection {
    /// Loads an extension: the library at `path`, by its entry point, or by the usual ones. SQL can't load any, before or after:
    /// loading is allowed for this call alone.
    ///
    /// # Errors
    /// A `TypeError` once it is closed; SQLite's, in the words of the system's loader, where there is no such library.
    pub fn load_extension(&self, path: &CStr, entry: Option<&CStr>) -> Result<()> {
        let raw = self.raw()?;
        let mut words = ptr::null_mut();
        // SAFETY: the handle is open and the texts end with NUL; `words` is null or a text of SQLite's allocator. What the library does is
        // the caller's, who has asked for it.
        let code = unsafe {
            allow(raw, 1);
            let code = ffi::sqlite3_load_extension(
                raw,
                path.as_ptr(),
                entry.map_or(ptr::null(), CStr::as_ptr),
                &raw mut words,
            );
            allow(raw, 0);
            code
        };
        if code == ffi::SQLITE_OK {
            return Ok(());
        }
        if words.is_null() {
            return Err(self.last_error());
        }
        // SAFETY: it is a text that SQLite has just made, copied here and then freed once.
        let message: CString = unsafe {
            let message = CStr::from_ptr(words).to_owned();
            ffi::sqlite3_free(words.cast());
            message
        };
        Err(failed(code, message.to_string_lossy()))
    }
}

/// Lets C load extensions, or not; SQL's function for it stays off.
///
/// # Safety
/// The handle is open.
unsafe fn allow(raw: *mut ffi::sqlite3, on: i32) {
    // SAFETY: the caller promises that the handle is open; this option takes an integer and a pointer that may be null.
    unsafe { ffi::sqlite3_db_config(raw, ffi::SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, on, ptr::null_mut::<i32>()) };
}
