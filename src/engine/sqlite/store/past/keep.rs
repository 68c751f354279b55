//! Keeping boards. Not by a trigger: one that names the four tables would be in the way of whoever rebuilds one of them.

use super::sql::Sql;
use crate::engine::sqlite::schema::counts::FOLD;
use crate::engine::sqlite::store::Store;
use crate::error::Result;

/// After so many changes this connection checks whether a board is to be kept: somebody else may have made the others.
const LOOK_AFTER: i64 = 512;

impl Store {
    /// Counts this connection's changes: now and then it keeps a board.
    pub(in crate::engine::sqlite::store) fn count_changes(&self, changes: i64) -> Result<()> {
        let changes = self.past.changes.get().saturating_add(changes);
        if changes < LOOK_AFTER || self.version < super::VERSION || self.newer {
            self.past.changes.set(changes);
            return Ok(());
        }
        self.past.changes.set(0);
        let _busy = self.connection.enter();
        self.keep_board_if_due()
    }

    /// Keeps a board if it is due and the lock is free: at the opening of a file, and where the ledger is folded.
    pub fn keep_board_when_free(&self) {
        if self.version >= super::VERSION && !self.newer && !self.connection.in_transaction() {
            // A connection that can't write, or finds the lock taken, leaves it to others.
            let _ = self.connection.without_waiting(|| {
                let _busy = self.connection.enter();
                self.keep_board_if_due()
            });
        }
    }

    /// Keeps a board, within a transaction.
    pub(in crate::engine::sqlite::store) fn keep_board_now(&self) -> Result<()> {
        self.write_run(Sql::KeepBoard, &[]).map(drop)
    }

    /// Keeps a board once the log has `FOLD` more rows than at the last one, or is another log.
    fn keep_board_if_due(&self) -> Result<()> {
        let since = self.first(Sql::SinceKept, &[], |row| row.integer_or_null(0))?.flatten();
        if since.is_some_and(|since| !(0..FOLD).contains(&since)) {
            self.write_run(Sql::KeepBoard, &[])?;
        }
        Ok(())
    }
}
