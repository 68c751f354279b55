//! Worktrees and the zones they stand in.

use super::places::ById;
use super::queries::Query;
use super::refusals::{about_change, about_new};
use super::{Store, push_new};
use crate::engine::sqlite::driver::Bind;
use crate::error::{Error, Result};
use crate::model::{Field, Given, Stored, WORKTREE, rules};
use crate::rows::Frame;

impl Store {
    /// Stores a new worktree and returns its row.
    ///
    /// # Errors
    /// The model's for a value, SQLite's for a constraint.
    pub fn create_worktree(
        &self,
        method: &'static str,
        given: &[Given<'_>],
        now: &str,
        frame: &mut Frame,
    ) -> Result<()> {
        self.connection.check_idle()?;
        let stored = WORKTREE.stored(method, given, &[], now)?;
        self.write(Query::InsertWorktree, &stored).map_err(|error| about_new(error, &WORKTREE, method))?;
        // What was stored is what is read back; asking SQLite for it (RETURNING) would cost a fifth of the insert.
        push_new(frame, &stored);
        Ok(())
    }

    /// Every assignment: worktree and zone, a zone's in their order; `true` where there are more.
    ///
    /// # Errors
    /// SQLite's error.
    pub fn list_assignments(&self, frame: &mut Frame) -> Result<bool> {
        self.list(Query::ListAssignments, &[], frame)
    }

    /// The worktree with this id, or no row.
    ///
    /// # Errors
    /// A `TypeError` for an id that is no string.
    pub fn get_worktree(&self, id: Given<'_>, frame: &mut Frame) -> Result<()> {
        self.connection.check_idle()?;
        match rules::lookup(Field::new("getWorktree", "id"), id)? {
            Some(id) => self.get_by_id(ById::Worktree, id, frame),
            None => Ok(()),
        }
    }

    /// All worktrees, or those of a status, newest first; `true` where there are more.
    ///
    /// # Errors
    /// A `TypeError` for a status that is no text.
    pub fn list_worktrees(&self, status: Given<'_>, frame: &mut Frame) -> Result<bool> {
        self.connection.check_idle()?;
        match rules::text_or(Field::new("listWorktrees", "status"), status, None)? {
            Some(status) => self.list(Query::ListWorktreesByStatus, &[Bind::Text(&status)], frame),
            None => self.list(Query::ListWorktrees, &[], frame),
        }
    }

    /// Changes a worktree and returns its row, or no row where there is none.
    ///
    /// # Errors
    /// The model's for a value.
    pub fn update_worktree(&self, id: Given<'_>, given: &[Given<'_>], now: &str, frame: &mut Frame) -> Result<()> {
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

    /// Deletes a worktree, its assignment and executions.
    ///
    /// # Errors
    /// `Error('Worktree not found: …')`, a `TypeError` for an id that is no string.
    pub fn delete_worktree(&self, id: Given<'_>) -> Result<()> {
        self.connection.check_idle()?;
        let field = Field::new("deleteWorktree", "id");
        let not_found =
            |id: &str| Error::Coded { code: "ERR_WORKTREE_NOT_FOUND", message: format!("Worktree not found: {id}") };
        self.delete(Query::DeleteWorktree, field, id, not_found)
    }

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

    /// Puts a worktree into a zone, out of the one it was in.
    ///
    /// # Errors
    /// A `TypeError` for a missing id, SQLite's foreign key error for an unknown one.
    pub fn assign_worktree(&self, method: &'static str, worktree: Given<'_>, zone: Given<'_>, now: &str) -> Result<()> {
        self.connection.check_idle()?;
        let [worktree_field, zone_field] = [Field::new(method, "worktreeId"), Field::new(method, "zoneId").behind(1)];
        let worktree = rules::id(worktree_field, worktree)?;
        let zone = rules::id(zone_field, zone)?;
        self.assign(&[worktree.into(), zone.into(), now.into()])
            .map_err(|error| self.about_link(error, (zone_field, zone), (worktree_field, worktree)))
    }

    fn assign(&self, assignment: &[Stored<'_>]) -> Result<()> {
        // Many assignments of one millisecond come in a transaction, where trying the other first would cost more.
        if !self.connection.in_transaction() && self.write(Query::MoveWorktree, assignment)? > 0 {
            return Ok(());
        }
        self.write(Query::AssignWorktree, assignment).map(|_| ())
    }

    /// Takes a worktree out of its zone, if it is in one.
    ///
    /// # Errors
    /// A `TypeError` for an id that is no string.
    pub fn remove_assignment(&self, worktree: Given<'_>) -> Result<()> {
        self.connection.check_idle()?;
        match rules::lookup(Field::new("removeWorktreeFromZone", "worktreeId"), worktree)? {
            Some(worktree) => self.write(Query::RemoveAssignment, &[Stored::from(worktree)]).map(|_| ()),
            None => Ok(()),
        }
    }

    /// The id of the zone that a worktree is in, or no row.
    ///
    /// # Errors
    /// A `TypeError` for an id that is no string.
    pub fn get_worktree_zone(&self, worktree: Given<'_>, frame: &mut Frame) -> Result<()> {
        self.connection.check_idle()?;
        match rules::lookup(Field::new("getWorktreeZone", "worktreeId"), worktree)? {
            Some(worktree) => self.get_by_id(ById::Assignment, worktree, frame),
            None => Ok(()),
        }
    }

    /// The worktrees in a zone in the order in which they came; `true` where there are more.
    ///
    /// # Errors
    /// A `TypeError` for an id that is no string.
    pub fn list_worktrees_in_zone(&self, zone: Given<'_>, frame: &mut Frame) -> Result<bool> {
        self.connection.check_idle()?;
        match rules::lookup(Field::new("getWorktreesInZone", "zoneId"), zone)? {
            Some(zone) => self.list(Query::ListWorktreesInZone, &[Bind::Text(zone)], frame),
            None => Ok(false),
        }
    }
}
