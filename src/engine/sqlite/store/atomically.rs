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
        let (begin, end, undo) = if nested {
            (Control::Savepoint, Control::Release, Control::RollbackTo)
        } else {
            (Control::BeginImmediate, Control::Commit, Control::Rollback)
        };
        self.control(begin)?;
        let ran = {
            let _busy = self.connection.enter();
            run()
        };
        let ended = ran.and_then(|value| self.control(end).map(|()| value));
        // SQLite may have rolled back by itself: a full disk, say.
        if ended.is_err() && self.connection.in_transaction() {
            self.control(undo)?;
            if nested {
                self.control(Control::Release)?;
            }
        }
        ended
    }
}
