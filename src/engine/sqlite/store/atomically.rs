//! Calls of several statements: all of them or none.

use super::Store;
use crate::engine::{Control, Session};
use crate::error::Result;

impl Store {
    /// Runs one statement, which is all of a call or nothing by itself.
    pub(super) fn alone<T>(&self, run: impl FnOnce() -> Result<T>) -> Result<T> {
        self.connection.prepare_to_write()?;
        let _busy = self.connection.enter();
        run()
    }

    /// Runs several statements as one: in a transaction that holds the write lock from the start, within another one as a
    /// savepoint.
    pub(super) fn atomically<T>(&self, run: impl FnOnce() -> Result<T>) -> Result<T> {
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

    /// Why it failed is what the caller is to hear, whatever comes of this: SQLite may have rolled back by itself (a full disk,
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
