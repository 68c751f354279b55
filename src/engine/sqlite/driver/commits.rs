//! Whether anybody has committed, and waiting until somebody does.

use std::time::Duration;

use rusqlite::ffi;

use super::connection::Connection;
use super::vfs::of_connection;
use super::vfs::sight::{Look, State};
use super::watcher::{self, Watched};
use crate::engine::Tell;
use crate::error::{Error, Result};

impl Connection {
    /// A number that stays as long as nobody commits anything to `main`, in this process or another, and never comes
    /// back; 0 where that can't be told: inside a transaction, in memory, without a WAL.
    #[must_use]
    pub fn generation(&self) -> i32 {
        let Ok(raw) = self.raw() else { return 0 };
        // Inside a transaction (an open iterator's, say) reads are of a moment ago or of what isn't committed yet.
        if !self.is_outside_transactions() {
            return 0;
        }
        // SAFETY: the handle is open.
        let Some(state) = (unsafe { of_connection::state(raw) }) else { return 0 };
        let (seen, generation) = self.seen.get();
        if state == seen {
            // SAFETY: the handle is open: nothing has run since it was asked for.
            let left = unsafe { self.files.forbids_memory(raw, Some(state.1)) };
            return if left { 0 } else { generation };
        }
        self.count(state)
    }

    /// A number that changes whenever anybody commits to `main`, and never comes back. Unlike the generation it says
    /// nothing of what a read here would see now, so it works in a transaction, too; a read that begins after it sees at
    /// least those commits.
    ///
    /// Where there is no WAL it needs a statement, and of this connection's own commits it counts those that changed rows.
    ///
    /// # Errors
    /// A `TypeError` once it is closed; `SQLITE_READONLY_DBMOVED` where the files were taken away, since commits of others
    /// would go unnoticed; SQLite's error.
    pub fn commits(&self) -> Result<i32> {
        let raw = self.raw()?;
        self.check_same_file()?;
        // SAFETY: the handle is open.
        match unsafe { of_connection::look(raw) } {
            Look::State(state) if state != self.seen.get().0 => Ok(self.count(state)),
            Look::State(_) | Look::Unsettled => Ok(self.seen.get().1),
            Look::Nothing => self.commits_without_an_index(),
        }
    }

    /// A number that changes whenever a transaction of this connection is committed, also one that SQL began and ended on the raw
    /// handle, and that stays within a transaction which has written.
    ///
    /// # Errors
    /// A `TypeError` once it is closed.
    pub fn transactions(&self) -> Result<u32> {
        let raw = self.raw()?;
        let mut version = 0_u32;
        // SAFETY: the handle is open; the opcode is for a u32.
        unsafe {
            let into = std::ptr::from_mut(&mut version).cast();
            ffi::sqlite3_file_control(raw, c"main".as_ptr(), ffi::SQLITE_FCNTL_DATA_VERSION, into)
        };
        Ok(version)
    }

    fn commits_without_an_index(&self) -> Result<i32> {
        let (_, known) = self.seen.get();
        // What was changed here is not committed yet.
        if self.in_transaction() {
            return Ok(known);
        }
        let read = || self.with(|inner| Ok(inner.pragma_query_value(None, "data_version", |row| row.get(0))?));
        let of_others = match self.without_waiting(read) {
            // The connection that has the file locked is about to commit.
            Err(Error::Engine { number, .. }) if number & 0xff == ffi::SQLITE_BUSY => return Ok(known),
            read => read?,
        };
        let counted = (of_others, self.total_changes());
        if self.counted.replace(counted) == counted { Ok(known) } else { Ok(self.count(State::default())) }
    }

    /// Counts a state that is new.
    fn count(&self, state: State) -> i32 {
        // After 2^31 commits it starts from 1 again: nothing is kept that long.
        let next = self.seen.get().1.checked_add(1).unwrap_or(1);
        self.seen.set((state, next));
        next
    }

    /// Calls `tell` once, on another thread: when [`Self::commits`] may differ from `seen`, after `within`, or now and then
    /// without a reason, unless what is returned is dropped before; `None` where it differs already.
    ///
    /// # Errors
    /// As [`Self::commits`]; where the system gives no thread.
    pub fn watch(&self, seen: i32, within: Option<Duration>, tell: Tell) -> Result<Option<Watched>> {
        let raw = self.raw()?;
        if self.commits()? != seen {
            return Ok(None);
        }
        // SAFETY: the handle is open.
        let sight = unsafe { of_connection::sight(raw) };
        watcher::watch(sight, self.seen.get().0, within, tell).map(Some)
    }
}
