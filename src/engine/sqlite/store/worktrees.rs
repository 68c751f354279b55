//! Worktrees and the zones they stand in.

use super::places::ById;
use super::queries::Query;
use super::refusals::{about_change, about_new};
use super::{Store, push_new};
use crate::engine::Worktrees;
use crate::engine::sqlite::driver::Bind;
use crate::error::{Error, Result};
use crate::model::{Field, Given, WORKTREE, rules};
use crate::rows::Frame;

impl Worktrees for Store {
    fn create_worktree(&self, method: &'static str, given: &[Given<'_>], now: &str, frame: &mut Frame) -> Result<()> {
        self.connection.check_idle()?;
        let stored = WORKTREE.stored(method, given, &[], now)?;
        self.write(Query::InsertWorktree, &stored).map_err(|error| about_new(error, &WORKTREE, method))?;
        // What was stored is what is read back; asking SQLite for it (RETURNING) would cost a fifth of the insert.
        push_new(frame, &stored);
        Ok(())
    }

    fn get_worktree(&self, id: Given<'_>, frame: &mut Frame) -> Result<()> {
        self.connection.check_idle()?;
        match rules::lookup(Field::new("getWorktree", "id"), id)? {
            Some(id) => self.get_by_id(ById::Worktree, id, frame),
            None => Ok(()),
        }
    }

    fn list_worktrees(&self, status: Given<'_>, frame: &mut Frame) -> Result<bool> {
        self.connection.check_idle()?;
        match rules::text_or(Field::new("listWorktrees", "status"), status, None)? {
            Some(status) => self.list(Query::ListWorktreesByStatus, &[Bind::Text(&status)], frame),
            None => self.list(Query::ListWorktrees, &[], frame),
        }
    }

    fn update_worktree(&self, id: Given<'_>, given: &[Given<'_>], now: &str, frame: &mut Frame) -> Result<()> {
        self.connection.check_idle()?;
        let id = rules::lookup(Field::new("updateWorktree", "id"), id)?;
        let set = WORKTREE.changes("updateWorktree", given)?;
        match id {
            None => Ok(()),
            Some(id) if set.is_empty() => self.get_by_id(ById::Worktree, id, frame),
            Some(id) => self
                .update(&WORKTREE, id, now, set, frame)
                .map_err(|error| about_change(error, &WORKTREE, "updateWorktree")),
        }
    }

    fn delete_worktree(&self, id: Given<'_>) -> Result<()> {
        self.connection.check_idle()?;
        let field = Field::new("deleteWorktree", "id");
        let not_found = |id: &str| Error::Coded { code: "ERR_NOT_FOUND", message: format!("Worktree not found: {id}") };
        self.delete(Query::DeleteWorktree, field, id, not_found)
    }
}

impl Store {
    pub(super) fn delete(
        &self,
        query: Query,
        field: Field,
        given: Given<'_>,
        not_found: impl FnOnce(&str) -> Error,
    ) -> Result<()> {
        let shown = match (rules::lookup(field, given)?, given) {
            (Some(id), _) => {
                if self.write(query, &[id.into()])? > 0 {
                    return Ok(());
                }
                id
            }
            (None, Given::Null) => "null",
            (None, _) => "undefined",
        };
        Err(not_found(shown).about(field.facts()))
    }
}
