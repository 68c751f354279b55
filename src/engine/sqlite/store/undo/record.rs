//! Remembering what an actor does.

use super::sql::Sql;
use crate::engine::sqlite::driver::{Bind, Statement};
use crate::engine::sqlite::store::Store;
use crate::error::Result;
use crate::model::canvas::Cell;
use crate::model::undo::{Done, beside, changed, made};
use crate::model::{Entity, WORKTREE, time};

/// A call that remembers what it does, for as long as it is under way.
struct Recording<'a>(&'a std::cell::Cell<bool>);

impl<'a> Recording<'a> {
    fn begin(under_way: &'a std::cell::Cell<bool>) -> Self {
        under_way.set(true);
        Self(under_way)
    }
}

impl Drop for Recording<'_> {
    fn drop(&mut self) {
        self.0.set(false);
    }
}

impl Store {
    /// Changes a worktree or a zone, so that whoever does it can undo it. A call without an actor pays nothing.
    pub(in crate::engine::sqlite::store) fn undoable<T>(
        &self,
        entity: &Entity,
        id: &str,
        run: impl FnOnce() -> Result<T>,
    ) -> Result<T> {
        if !self.remembers() {
            return run();
        }
        self.atomically(|| {
            let _recording = Recording::begin(&self.undo.recording);
            let before = self.state(entity, id)?;
            let value = run()?;
            if let Some(before) = before
                && let Some(after) = self.state(entity, id)?
            {
                let made = made(entity, &before).clone();
                let values = changed(entity, before, after);
                if !values.is_empty() {
                    self.remember(&Done::Changed { entity: entity.name.into(), id: id.into(), made, values })?;
                }
            }
            Ok(value)
        })
    }

    /// Remembers what was done, within a transaction of the call.
    pub(in crate::engine::sqlite::store) fn remember(&self, done: &Done) -> Result<()> {
        let Some(by) = self.actor().filter(|_| self.version >= super::VERSION) else { return Ok(()) };
        self.write_run(Sql::ForgetUndone, &[Bind::Text(&by)])?;
        let at = self.acting_at.get().unwrap_or_else(time::now);
        let data = serde_json::to_string(done).unwrap_or_default();
        let transaction = self.connection.transactions()?;
        let tx = self.undo.tx.get().and_then(|(tx, of)| (of == transaction).then_some(tx));
        let step = [Bind::Text(&by), tx.into(), Bind::Integer(at), Bind::Text(&data)];
        let tx = self.first(Sql::Insert, &step, |row| row.integer(0))?;
        self.undo.tx.set(tx.map(|tx| (tx, transaction)));
        Ok(())
    }

    /// When a worktree was made, if the call is going to remember what becomes of it.
    pub(in crate::engine::sqlite::store) fn worktree_made(&self, id: &str) -> Result<Cell> {
        let state = if self.remembers() { self.state(&WORKTREE, id)? } else { None };
        Ok(state.map(|state| made(&WORKTREE, &state).clone()).unwrap_or_default())
    }

    fn remembers(&self) -> bool {
        self.acting.borrow().is_some() && self.version >= super::VERSION && !self.undo.recording.get()
    }

    /// The columns of a worktree or a zone, and what is beside them.
    pub(super) fn state(&self, entity: &Entity, id: &str) -> Result<Option<Vec<Cell>>> {
        let sql = if entity.name == "worktree" { Sql::WorktreeState } else { Sql::ZoneState };
        let width = entity.fields.len() + beside(entity).len();
        let cells = |row: &Statement| (0..width).map(|column| row.stored(column).into()).collect();
        self.first(sql, &[Bind::Text(id)], cells)
    }
}
