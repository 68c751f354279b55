//! Calls of several statements: all of them or none.

use std::cell::Cell;

use super::Store;
use crate::engine::{Control, Session};
use crate::error::Result;

/// A call of several statements, for as long as it is under way.
struct Atomic<'a>(&'a Cell<bool>);

impl<'a> Atomic<'a> {
    /// `None` within another such call.
    fn begin(under_way: &'a Cell<bool>) -> Option<Self> {
        (!under_way.replace(true)).then(|| Self(under_way))
    }
}

impl Drop for Atomic<'_> {
    fn drop(&mut self) {
        self.0.set(false);
    }
}

impl Store {
    /// Runs a call of one statement, which SQLite by itself makes all or nothing.
    pub(super) fn alone<T>(&self, run: impl FnOnce() -> Result<T>) -> Result<T> {
        self.connection.prepare_to_write()?;
        let _busy = self.connection.enter();
        run()
    }

    /// Runs several statements as one: in a transaction that holds the write lock from the start, within another one as a
    /// savepoint. A call of this within `run` is already part of it: its failure is the whole's.
    pub(super) fn atomically<T>(&self, run: impl FnOnce() -> Result<T>) -> Result<T> {
        let Some(_atomic) = Atomic::begin(&self.atomic) else { return run() };
        let nested = self.connection.in_transaction();
        self.control(if nested { Control::Savepoint } else { Control::BeginImmediate })?;
        let ran = {
            let _busy = self.connection.enter();
            run()
        };
        let ended = ran.and_then(|value| self.keep(nested).map(|()| value));
        if ended.is_err() {
            self.undo(nested);
        }
        ended
    }

    #[inline(never)]
    fn keep(&self, nested: bool) -> Result<()> {
        self.control(if nested { Control::Release } else { Control::Commit })
    }

    /// Its own errors are ignored: the caller is to hear why the call failed. SQLite may have rolled back by itself (a full disk,
    /// say).
    #[inline(never)]
    fn undo(&self, nested: bool) {
        if !self.connection.in_transaction() {
            return;
        }
        let _ = if nested {
            self.control(Control::RollbackTo).and_then(|()| self.control(Control::Release))
        } else {
            self.control(Control::Rollback)
        };
    }
}
