//! What exporting and importing a board need of the store: a snapshot with the moves that the ledger lacks, and a transaction
//! that takes rows in.

use std::path::Path;

use super::Store;
use crate::engine::sqlite::schema::LATEST;
use crate::error::{Error, Result};
use crate::model::ledger::Move;

impl Store {
    /// Refuses a file that was left at a version which lacks some of what is exported.
    ///
    /// # Errors
    /// `ERR_SCHEMA_OLDER`, a `TypeError` on a closed connection.
    pub fn check_transfer(&self) -> Result<()> {
        self.check_version(LATEST, "what is taken along is all there")
    }

    /// Begins a snapshot; returns the moves that are not in the ledger's table yet.
    ///
    /// # Errors
    /// SQLite's error.
    pub fn snapshot_with_moves(&self) -> Result<Vec<Move>> {
        use crate::engine::Lists;
        self.begin_snapshot()?;
        let _busy = self.connection.enter();
        self.unfolded_moves()
    }

    /// Ends that snapshot.
    ///
    /// # Errors
    /// SQLite's error.
    pub fn end_transfer_snapshot(&self) -> Result<()> {
        use crate::engine::Lists;
        self.end_snapshot()
    }

    /// Runs `take` as one transaction, with the database in the file `staged` attached as `stage`. Rows that refer to nothing may
    /// come in, as the file may have them. The ledger is complete before, and ends where the board is afterwards.
    ///
    /// # Errors
    /// The error of `take`, SQLite's error, a `TypeError` within a transaction: nothing has changed then.
    pub fn take_in<T>(&self, staged: &Path, take: impl FnOnce() -> Result<T>) -> Result<T> {
        self.check_transfer()?;
        self.connection.check_no_iterators()?;
        if self.connection.in_transaction() {
            return Err(Error::Type("importAll: finish the transaction first".into()));
        }
        let attach = || {
            self.connection.with(|inner| {
                inner.execute("ATTACH DATABASE ?1 AS stage", [staged.to_string_lossy()])?;
                // That file is thrown away, whatever comes of this.
                inner.query_row("PRAGMA stage.journal_mode = MEMORY", [], |_| Ok(()))?;
                Ok(inner.execute_batch("PRAGMA stage.synchronous = OFF; PRAGMA main.foreign_keys = OFF")?)
            })
        };
        let taken = attach().and_then(|()| {
            self.atomically(|| {
                self.fold_all_moves()?;
                let taken = take()?;
                self.ledger_is_the_board()?;
                self.keep_board_now()?;
                Ok(taken)
            })
        });
        let detached = self.connection.with(|inner| {
            inner.execute_batch("PRAGMA main.foreign_keys = ON")?;
            Ok(inner.execute_batch("DETACH DATABASE stage")?)
        });
        let taken = taken?;
        detached?;
        Ok(taken)
    }
}
