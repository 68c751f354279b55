//! SQLite's online backup, driven page by page by its caller.

use std::ffi::CStr;
use std::path::{Path, PathBuf};
use std::ptr::NonNull;
use std::rc::Rc;

use rusqlite::ffi;

use super::connection::Connection;
use super::open;
use crate::engine::sqlite::driver::error::failed;
use crate::error::{Error, Result};

/// How far a backup is, in pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Pages of the source.
    pub total: i32,
    /// Pages still to copy.
    pub remaining: i32,
}

/// A running copy of one database of a connection into a file.
pub struct OnlineBackup {
    source: Rc<Connection>,
    raw: NonNull<ffi::sqlite3_backup>,
    /// Dropped, and so closed, after the backup was finished.
    destination: Option<rusqlite::Connection>,
    /// The file to remove if the backup ends before it is complete.
    unfinished: Option<PathBuf>,
}

impl OnlineBackup {
    /// Starts one. A new file is removed again if the backup doesn't come to its end.
    ///
    /// # Errors
    /// SQLite's error where the file can't be opened or the schema's name is not known.
    pub fn start(source: &Rc<Connection>, schema: &CStr, path: &Path, is_new: bool) -> Result<Self> {
        let from = source.raw()?;
        let destination = open::raw(path, ffi::SQLITE_OPEN_READWRITE | ffi::SQLITE_OPEN_CREATE, None)?;
        // SAFETY: both handles are open and outlive the backup: closing the source finishes it first.
        let raw = unsafe { ffi::sqlite3_backup_init(destination.handle(), c"main".as_ptr(), from, schema.as_ptr()) };
        let Some(raw) = NonNull::new(raw) else {
            // SAFETY: `backup_init` leaves its error on the destination, which is open.
            let (code, message) = unsafe {
                let handle = destination.handle();
                (ffi::sqlite3_extended_errcode(handle), CStr::from_ptr(ffi::sqlite3_errmsg(handle)))
            };
            let message = message.to_string_lossy().into_owned();
            drop(destination);
            if is_new {
                let _ = std::fs::remove_file(path);
            }
            return Err(failed(code, message));
        };
        source.backups.borrow_mut().insert(raw);
        Ok(Self {
            source: Rc::clone(source),
            raw,
            destination: Some(destination),
            unfinished: is_new.then(|| path.to_path_buf()),
        })
    }

    /// Copies up to `pages` pages. While the source or the destination is locked it makes no progress.
    ///
    /// # Errors
    /// A `TypeError` once the source is closed, SQLite's error.
    pub fn step(&mut self, pages: i32) -> Result<Progress> {
        self.source.check_idle()?;
        if !self.source.backups.borrow().contains(&self.raw) {
            return Err(Error::Type("The backup has ended".into()));
        }
        // SAFETY: it is still among the source's backups, so it has not been finished.
        let (code, total, remaining) = unsafe {
            let code = ffi::sqlite3_backup_step(self.raw.as_ptr(), pages) & 0xff;
            let raw = self.raw.as_ptr();
            (code, ffi::sqlite3_backup_pagecount(raw), ffi::sqlite3_backup_remaining(raw))
        };
        match code {
            ffi::SQLITE_DONE => self.unfinished = None,
            ffi::SQLITE_OK | ffi::SQLITE_BUSY => {}
            _ => return Err(open::error_of_code(code)),
        }
        Ok(Progress { total, remaining })
    }
}

impl Drop for OnlineBackup {
    fn drop(&mut self) {
        if self.source.backups.borrow_mut().remove(&self.raw) {
            // SAFETY: it was still in the set, so nobody has finished it.
            unsafe { ffi::sqlite3_backup_finish(self.raw.as_ptr()) };
        }
        drop(self.destination.take());
        if let Some(path) = &self.unfinished {
            let _ = std::fs::remove_file(path);
        }
    }
}
