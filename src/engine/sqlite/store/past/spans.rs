//! What was changed together. Each row of the log has its own time, and a transaction may last longer than a millisecond: the
//! board at a time is that before such a transaction or after it, never one in the middle. A transaction that began with the
//! write lock is noted, where its first and its last row are not of one time.

use super::sql::Sql;
use crate::engine::Control;
use crate::engine::sqlite::driver::Bind;
use crate::engine::sqlite::store::Store;
use crate::engine::sqlite::store::queries::Query;
use crate::error::Result;

impl Store {
    /// Runs a step of a transaction, and notes what was changed together before it is committed.
    pub(in crate::engine::sqlite::store) fn step(&self, control: Control) -> Result<()> {
        if self.version < super::VERSION {
            return self.transactions.run(control);
        }
        if control == Control::Commit && self.connection.in_transaction() {
            self.note_span()?;
        }
        self.transactions.run(control)?;
        if !matches!(control, Control::Savepoint | Control::Release | Control::RollbackTo) {
            self.undo.forget_transaction();
        }
        match control {
            Control::BeginImmediate | Control::BeginExclusive => {
                self.past.began.set(self.first(Query::LogEnd, &[], |row| row.integer(0))?);
            }
            Control::Begin | Control::BeginDeferred | Control::Commit | Control::Rollback => self.past.began.set(None),
            Control::Savepoint | Control::Release | Control::RollbackTo => {}
        }
        Ok(())
    }

    fn note_span(&self) -> Result<()> {
        let Some(before) = self.past.began.get() else { return Ok(()) };
        let Some((last, at)) = self.first(Query::LogEnd, &[], |row| (row.integer(0), row.integer(2)))? else {
            return Ok(());
        };
        if last <= before + 1 {
            return self.count_changes(last - before);
        }
        let first = self.first(Sql::LogAt, &[Bind::Integer(before + 1)], |row| (row.integer(0), row.integer(1)))?;
        match first {
            Some((first, begun)) if begun < at => {
                self.write_run(Sql::InsertSpan, &[Bind::Integer(first), Bind::Integer(last)])?;
            }
            _ => {}
        }
        self.count_changes(last - before)
    }
}
