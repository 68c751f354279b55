//! SQLite refuses a WAL index of another layout than it reads, and says only that it can't open the file. This says why.

use std::ffi::CStr;

use rusqlite::ffi;

use super::connection::Connection;
use super::vfs::index::REVIEWED;
use super::vfs::of_connection;
use crate::error::Error;

/// How the message begins.
pub const OTHER_LAYOUT: &str = "its WAL index";

impl Connection {
    /// The error, or what it is of where the layout of the index is the reason.
    pub(super) fn explained(&self, error: Error) -> Error {
        let (Error::Engine { number: ffi::SQLITE_CANTOPEN, .. }, Ok(raw)) = (&error, self.raw()) else { return error };
        // SAFETY: the handle is open.
        let Some(found) = (unsafe { of_connection::other_layout(raw) }) else { return error };
        // SAFETY: the handle is open, and has a file: its WAL's index is mapped.
        let file = unsafe { CStr::from_ptr(ffi::sqlite3_db_filename(raw, c"main".as_ptr())) }.to_string_lossy();
        error.with_message(format!(
            "{OTHER_LAYOUT} '{file}-shm' has iVersion {found}, where the SQLite of this package reads {REVIEWED}: another version of \
             SQLite has the database open. Close the programs that use that one, or have them use one that writes {REVIEWED}; once \
             nobody has the database open, the next opening makes the index anew"
        ))
    }
}
