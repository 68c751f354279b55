//! Who made a change, and when by their clock, written into the log.
//!
//! Triggers write the log's rows of the four tables, for every writer, and know neither: they leave `by` empty and take the
//! system's time. Where our caller has an actor or a clock, the call sets both in the rows that its statement has brought, right
//! afterwards, in the same transaction. A caller with neither pays nothing.

use super::Store;
use super::queries::Query;
use crate::engine::sqlite::driver::{Bind, Statement};
use crate::engine::sqlite::schema::counts::{FOLD, VERSION};
use crate::error::Result;

/// Before the first row of a log.
const START: (i64, i64) = (-1, i64::MIN);

impl Store {
    /// Runs a statement that writes one of the four tables. It and what signs its rows are one transaction.
    pub(super) fn signed<T>(&self, run: impl FnOnce() -> Result<T>) -> Result<T> {
        if !self.connection.in_transaction() {
            self.count_changes(1)?;
        }
        if self.signs() { self.atomically(|| self.sign(run)) } else { run() }
    }

    /// The same within a transaction that the call has begun.
    pub(super) fn sign<T>(&self, run: impl FnOnce() -> Result<T>) -> Result<T> {
        if !self.signs() {
            return run();
        }
        let (before, at) = self.log_end()?.unwrap_or(START);
        let value = run()?;
        let _busy = self.connection.enter();
        let actor = self.actor();
        let signature =
            [actor.as_deref().into(), self.acting_at.get().into(), Bind::Integer(at), Bind::Integer(before)];
        self.statement(Query::Sign)?.with_bound(&signature, Statement::run)?;
        // A fold in between may have taken some of the rows out.
        if self.log_end()?.is_some_and(|(last, _)| last / FOLD != before / FOLD) {
            self.statement(Query::SignUnread)?.with_bound(&signature, Statement::run)?;
        }
        Ok(value)
    }

    fn signs(&self) -> bool {
        (self.acting_at.get().is_some() || self.acting.borrow().is_some()) && self.version >= VERSION
    }

    /// The number and the time of the log's last row.
    pub(super) fn log_end(&self) -> Result<Option<(i64, i64)>> {
        let statement = self.statement(Query::LogEnd)?;
        let end = if statement.step()? { Some((statement.integer(0), statement.integer(2))) } else { None };
        statement.reset();
        Ok(end)
    }
}
