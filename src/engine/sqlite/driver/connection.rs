//! A connection and what runs on it at the moment. It owns its statements: closing finalises those that are left.

use std::cell::{Cell, RefCell};
use std::collections::HashSet;
use std::ffi::{CStr, c_int};
use std::ptr::{self, NonNull};
use std::rc::Rc;

use rusqlite::ffi;

use super::removed_files::OpenFiles;
use super::vfs::sight;
use super::waiting_for_locks::busy_handler::Patience;
use crate::engine::sqlite::driver::error::failed;
use crate::error::{Error, Result};

/// A connection to a database. Shared by the statements that were prepared on it; one thread only.
pub struct Connection {
    /// Null once it is closed.
    raw: Cell<*mut ffi::sqlite3>,
    inner: RefCell<Option<rusqlite::Connection>>,
    pub(super) statements: RefCell<HashSet<NonNull<ffi::sqlite3_stmt>>>,
    pub(super) backups: RefCell<HashSet<NonNull<ffi::sqlite3_backup>>>,
    busy: Cell<bool>,
    iterators: Cell<u32>,
    unsafe_mode: Cell<bool>,
    pub(super) patience: Patience,
    /// How long the WAL was when this connection last tried to checkpoint it, in frames.
    pub(super) tried: Cell<c_int>,
    /// How long it was when it last waited to reset it.
    pub(super) tried_restart: Cell<c_int>,
    /// How long it was after this connection's latest commit.
    pub(super) log_frames: Cell<c_int>,
    pub(super) files: OpenFiles,
    /// The state that the WAL's index showed last, and how often that, or what stands for it, was a new one.
    pub(super) seen: Cell<(sight::State, i32)>,
    /// Where there is no index: how many commits of others SQLite has counted, and how many rows were changed here.
    pub(super) counted: Cell<(i64, c_int)>,
}

/// The words for each state that forbids a call: the same everywhere (better-sqlite3's own).
const NOT_OPEN: &str = "The database connection is not open";
const BUSY: &str = "This database connection is busy executing a query";

impl Connection {
    /// Takes over an open connection.
    #[must_use]
    pub fn new(inner: rusqlite::Connection) -> Rc<Self> {
        // SAFETY: the handle is valid for as long as `inner`, and `close` clears `raw` before it drops `inner`.
        let raw = unsafe { inner.handle() };
        Rc::new(Self {
            raw: Cell::new(raw),
            inner: RefCell::new(Some(inner)),
            statements: RefCell::default(),
            backups: RefCell::default(),
            busy: Cell::new(false),
            iterators: Cell::new(0),
            unsafe_mode: Cell::new(false),
            patience: Patience::default(),
            tried: Cell::new(0),
            tried_restart: Cell::new(0),
            log_frames: Cell::new(0),
            files: OpenFiles::default(),
            seen: Cell::default(),
            counted: Cell::default(),
        })
    }

    /// Whether it is open.
    #[must_use]
    pub fn is_open(&self) -> bool {
        !self.raw.get().is_null()
    }

    /// The raw handle.
    ///
    /// # Errors
    /// A `TypeError` once it is closed.
    pub(super) fn raw(&self) -> Result<*mut ffi::sqlite3> {
        let raw = self.raw.get();
        if raw.is_null() { Err(Error::Type(NOT_OPEN.into())) } else { Ok(raw) }
    }

    /// Refuses a call once the connection is closed.
    ///
    /// # Errors
    /// A `TypeError`.
    pub fn check_open(&self) -> Result<()> {
        self.raw().map(drop)
    }

    /// Refuses a call while the connection is closed or in the middle of another call (from a user function, say).
    ///
    /// # Errors
    /// A `TypeError` that says which.
    pub fn check_idle(&self) -> Result<()> {
        self.raw()?;
        if self.busy.get() { Err(Error::Type(BUSY.into())) } else { Ok(()) }
    }

    /// Refuses also while an iterator is running: for calls that no mode may allow then.
    ///
    /// # Errors
    /// A `TypeError` that says which.
    pub fn check_no_iterators(&self) -> Result<()> {
        self.check_idle()?;
        if self.iterators.get() > 0 { Err(Error::Type(BUSY.into())) } else { Ok(()) }
    }

    /// Refuses also while an iterator is running, unless in unsafe mode: for calls that may write.
    ///
    /// # Errors
    /// A `TypeError` that says which.
    pub fn check_writable(&self) -> Result<()> {
        if self.unsafe_mode.get() { self.check_idle() } else { self.check_no_iterators() }
    }

    /// Marks the connection busy until the guard is dropped: calls that JavaScript makes meanwhile are refused.
    pub fn enter(&self) -> Busy<'_> {
        self.busy.set(true);
        Busy(self)
    }

    pub(super) fn count_iterator(&self, by: i32) {
        self.iterators.set(self.iterators.get().saturating_add_signed(by));
    }

    /// Turns unsafe mode on or off: writes while an iterator runs, and what SQLite's defensive flag forbids.
    ///
    /// # Errors
    /// A `TypeError` once it is closed.
    pub fn set_unsafe_mode(&self, on: bool) -> Result<()> {
        self.set_config(ffi::SQLITE_DBCONFIG_DEFENSIVE, !on)?;
        self.unsafe_mode.set(on);
        Ok(())
    }

    /// Sets a boolean `SQLITE_DBCONFIG_…` option.
    ///
    /// # Errors
    /// A `TypeError` once it is closed, SQLite's error where the option is not known.
    pub fn set_config(&self, option: c_int, on: bool) -> Result<()> {
        let raw = self.raw()?;
        // SAFETY: the handle is open; options of this kind take an int and a pointer that may be null.
        let code = unsafe { ffi::sqlite3_db_config(raw, option, c_int::from(on), ptr::null_mut::<c_int>()) };
        self.check(code)
    }

    /// Sets a run-time limit (`SQLITE_LIMIT_…`).
    ///
    /// # Errors
    /// A `TypeError` once it is closed.
    pub fn set_limit(&self, limit: c_int, value: c_int) -> Result<()> {
        let raw = self.raw()?;
        // SAFETY: the handle is open.
        unsafe { ffi::sqlite3_limit(raw, limit, value) };
        Ok(())
    }

    /// Runs code that is not on a hot path on rusqlite's own connection.
    ///
    /// # Errors
    /// A `TypeError` once it is closed, else what the code returns.
    pub fn with<T>(&self, run: impl FnOnce(&rusqlite::Connection) -> Result<T>) -> Result<T> {
        let inner = self.inner.try_borrow().map_err(|_| Error::Type(BUSY.into()))?;
        run(inner.as_ref().ok_or_else(|| Error::Type(NOT_OPEN.into()))?).map_err(|error| self.explained(error))
    }

    /// Whether a transaction is open.
    #[must_use]
    pub fn in_transaction(&self) -> bool {
        // SAFETY: the handle is open.
        self.raw().is_ok_and(|raw| unsafe { ffi::sqlite3_get_autocommit(raw) } == 0)
    }

    /// Whether `main` is in no transaction at all: not one that was begun and has not read yet, since its first read
    /// decides what it sees, nor one that an open iterator reads in.
    #[must_use]
    pub fn is_outside_transactions(&self) -> bool {
        let Ok(raw) = self.raw() else { return false };
        // SAFETY: the handle is open, the name is a C string.
        let state = unsafe { ffi::sqlite3_txn_state(raw, c"main".as_ptr()) };
        !self.in_transaction() && state == ffi::SQLITE_TXN_NONE
    }

    /// How many rows all statements so far have changed; wraps around.
    pub(super) fn total_changes(&self) -> c_int {
        // SAFETY: the handle is open.
        self.raw().map_or(0, |raw| unsafe { ffi::sqlite3_total_changes(raw) })
    }

    /// How many rows the latest statement changed.
    pub(super) fn changes(&self) -> c_int {
        // SAFETY: the handle is open.
        self.raw().map_or(0, |raw| unsafe { ffi::sqlite3_changes(raw) })
    }

    /// The rowid of the latest insert.
    pub(super) fn last_insert_rowid(&self) -> i64 {
        // SAFETY: the handle is open.
        self.raw().map_or(0, |raw| unsafe { ffi::sqlite3_last_insert_rowid(raw) })
    }

    /// SQLite's latest error.
    pub(super) fn last_error(&self) -> Error {
        let Ok(raw) = self.raw() else { return Error::Type(NOT_OPEN.into()) };
        // SAFETY: the handle is open; the message is copied before anything else happens on it.
        let (code, message) = unsafe { (ffi::sqlite3_extended_errcode(raw), CStr::from_ptr(ffi::sqlite3_errmsg(raw))) };
        self.explained(failed(code, message.to_string_lossy()))
    }

    pub(super) fn check(&self, code: c_int) -> Result<()> {
        if code == ffi::SQLITE_OK { Ok(()) } else { Err(self.last_error()) }
    }

    /// Closes it unless it is in the middle of a call, whose statement is still in use then.
    ///
    /// # Errors
    /// As [`Self::close`].
    pub fn close_if_idle(&self) -> Result<()> {
        if self.busy.get() { Ok(()) } else { self.close() }
    }

    /// Closes it: statements and backups are ended, an open transaction is rolled back. A second close is harmless.
    ///
    /// # Errors
    /// SQLite's error where the handle would not close; it stays open then.
    pub fn close(&self) -> Result<()> {
        let Ok(raw) = self.raw() else { return Ok(()) };
        let Ok(mut slot) = self.inner.try_borrow_mut() else { return Err(Error::Type(BUSY.into())) };
        if self.files.has_anothers_wal() {
            self.set_config(ffi::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
        }
        for statement in self.statements.borrow_mut().drain() {
            // SAFETY: each was prepared here and leaves the set once, so it is finalised once.
            unsafe { ffi::sqlite3_finalize(statement.as_ptr()) };
        }
        for backup in self.backups.borrow_mut().drain() {
            // SAFETY: each was begun here and leaves the set once, so it is finished once; its owner closes its destination.
            unsafe { ffi::sqlite3_backup_finish(backup.as_ptr()) };
        }
        self.raw.set(ptr::null_mut());
        self.iterators.set(0);
        self.files.forget();
        match slot.take().map(rusqlite::Connection::close) {
            Some(Err((connection, error))) => {
                self.raw.set(raw);
                *slot = Some(connection);
                Err(error.into())
            }
            Some(Ok(())) | None => Ok(()),
        }
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        // Nobody is left to hear of a failure; SQLite then keeps the file as it is and recovers it at the next open.
        let _ = self.close();
    }
}

/// While it lives the connection is busy.
pub struct Busy<'a>(&'a Connection);

impl Drop for Busy<'_> {
    fn drop(&mut self) {
        self.0.busy.set(false);
    }
}
